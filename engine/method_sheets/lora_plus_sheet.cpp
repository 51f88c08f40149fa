// LoRA+: a learning rate of its own for B.

#include "engine/method_sheets/sheets.h"

namespace lora {

MethodSheet lora_plus_sheet() {
    return {.kind = MethodKind::LoraPlus,
        .word = "lora-plus",
        .title = "LoRA+",
        .about = "LoRA whose B learns several times as fast as A; when LoRA learns slowly at a rate that "
                 "cannot be "
                 "raised.",
        .paper = "Hayou et al. 2024, arXiv:2402.12354",
        .own = {setting(
            "method_settings.loraplus_lr_ratio", "Ratio λ",
            "How many times as fast as A B learns: the learning rate of B over that of A.",
            [](auto& s) -> auto& {
                return s.method_settings.loraplus_lr_ratio;
            }).above(0)}};
}

} // namespace lora
