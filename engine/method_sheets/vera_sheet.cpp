// VeRA: one random A and B for all weights, two vectors for each.

#include "engine/method_sheets/sheets.h"

#include <numeric>

namespace lora {

namespace {

// Each target learns two vectors. Of the random matrices one B is held whole, and A once for each width; what
// a linear carries of B is its own, with a gradient. The file has the whole pair.
MethodCosts vera_costs(const RunSettings& settings, const TargetShapes& shapes) {
    const std::int64_t rank = settings.lora.rank;
    const std::int64_t vectors = shapes.out + rank * shapes.targets;
    const std::int64_t widths = std::accumulate(shapes.widths.begin(), shapes.widths.end(), std::int64_t{0});
    const std::int64_t widest = shapes.widths.empty() ? 0 : *shapes.widths.rbegin();
    return {vectors, vectors + rank * (widest + shapes.largest_out),
        beside_the_model * shapes.B + float_bytes * rank * (widths + shapes.largest_out)};
}

} // namespace

MethodSheet vera_sheet() {
    return {.kind = MethodKind::Vera,
        .word = "vera",
        .title = "VeRA",
        .about = "All weights share one random pair A and B, and each trains two vectors that scale it; a "
                 "high rank "
                 "for about a thousand numbers a weight.",
        .paper = "Kopiczko et al. 2023, arXiv:2310.11454",
        .rates = {1e-4, 2e-1},
        .rank_above_side = RankAboveSide::Useful,
        .own = {setting(
            "method_settings.d_initial", "First d", "What every number of the vector d begins with.",
            [](auto& s) -> auto& { return s.method_settings.d_initial; })
                    .from(-most_of_all)
                    .must([](const Json& d) { return d != 0.0; },
                        "a number that is not 0, at which nothing would ever move")},
        .refuses = {{"lora.adapter", "all its updates share one random A and B"},
            {"lora.init", "all its updates share one random A and B"},
            {"lora.rank_pattern", "all its updates share one A and B of one rank"},
            {"lora.alpha", "it has no scale; its vectors b and d are that"},
            {"lora.alpha_pattern", "it has no scale; its vectors b and d are that"}},
        .begin =
            [](RunSettings& settings) {
                settings.lora.rank = 256;
                settings.lora.alpha = 512;
            },
        .costs = vera_costs};
}

} // namespace lora
