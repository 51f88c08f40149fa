// rsLoRA: LoRA under another scale.

#include "engine/method_sheets/sheets.h"

#include <cmath>

namespace lora {

MethodSheet rslora_sheet() {
    return {.kind = MethodKind::RsLora,
        .word = "rslora",
        .title = "rsLoRA",
        .about =
            "LoRA scaled by α/√r instead of α/r, so that a high rank goes on learning; for ranks above 32.",
        .paper = "Kalajdzievski 2023, arXiv:2312.03732",
        .scale = [](const RunSettings& settings) {
            return UpdateScale{
                "α/√r", settings.lora.alpha / std::sqrt(static_cast<double>(settings.lora.rank))};
        }};
}

} // namespace lora
