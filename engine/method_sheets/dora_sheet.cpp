// DoRA: LoRA with a trained length for each row of the weight.

#include "engine/method_sheets/sheets.h"

namespace lora {

MethodSheet dora_sheet() {
    return {.kind = MethodKind::Dora,
        .word = "dora",
        .title = "DoRA",
        .about =
            "LoRA that also trains the length of each row of the weight; closer to full fine-tuning at low "
            "ranks, for a slower step.",
        .paper = "Liu et al. 2024, arXiv:2402.09353",
        .keeps_low_rank = false,
        .costs =
            [](const RunSettings&, const TargetShapes& shapes) {
                const std::int64_t values = shapes.A + shapes.B + shapes.out; // and a magnitude for each row
                return MethodCosts{values, values, 0};
            },
        .runs_fused = false,
        .keeps_outputs = true};
}

} // namespace lora
