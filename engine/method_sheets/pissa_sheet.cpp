// PiSSA: A and B begin as the weight's largest directions.

#include "engine/method_sheets/sheets.h"

namespace lora {

// The held start is half of the update, which has twice the rank.
MethodCosts held_start_costs(const RunSettings&, const TargetShapes& shapes) {
    const std::int64_t values = shapes.A + shapes.B;
    return {values, 2 * values, beside_the_model * 2 * values};
}

MethodSheet pissa_sheet() {
    return {.kind = MethodKind::Pissa,
        .word = "pissa",
        .title = "PiSSA",
        .about = "Starts A and B from the weight's largest singular directions instead of zero; often learns "
                 "faster "
                 "in the first steps.",
        .paper = "Meng et al. 2024, arXiv:2404.02948",
        .rank_above_side = RankAboveSide::Refused,
        .refuses = {{"lora.adapter", "it starts from the weights, not from an adapter"},
            {"lora.init", "its first A comes from the weights"},
            {"lora.dropout", "its start is held as half of the update and must cancel exactly"}},
        .costs = held_start_costs};
}

} // namespace lora
