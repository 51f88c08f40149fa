// LoRA-FA: A stays as it was drawn.

#include "engine/method_sheets/sheets.h"

namespace lora {

MethodSheet lora_fa_sheet() {
    return {.kind = MethodKind::LoraFa,
        .word = "lora-fa",
        .title = "LoRA-FA",
        .about =
            "LoRA with A left at its random start; half the parameters and no gradient for A, when memory is "
            "short.",
        .paper = "Zhang et al. 2023, arXiv:2308.03303",
        .costs = [](const RunSettings&, const TargetShapes& shapes) {
            return MethodCosts{shapes.B, shapes.A + shapes.B, float_bytes * shapes.A};
        }};
}

} // namespace lora
