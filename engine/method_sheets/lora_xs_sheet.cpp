// LoRA-XS: an r × r matrix between the weight's largest directions, which are held.

#include "engine/method_sheets/sheets.h"

namespace lora {

MethodSheet lora_xs_sheet() {
    return {.kind = MethodKind::LoraXs,
        .word = "lora-xs",
        .title = "LoRA-XS",
        .about = "Holds the weight's largest directions and trains an r × r matrix between them; when an "
                 "adapter of "
                 "a few hundred numbers a weight has to do.",
        .paper = "Bałazy et al. 2024, arXiv:2405.17604",
        .rank_above_side = RankAboveSide::Refused,
        .refuses = {{"lora.adapter", "it starts from the weights, not from an adapter"},
            {"lora.init", "its first A comes from the weights"}},
        .costs = [](const RunSettings&, const TargetShapes& shapes) {
            return MethodCosts{shapes.squares, shapes.A + shapes.B, beside_the_model * (shapes.A + shapes.B)};
        }};
}

} // namespace lora
