// A random subspace: the weights move along a few fixed random directions.

#include "engine/method_sheets/sheets.h"

namespace lora {

std::vector<Setting> subspace_settings() {
    return {setting(
                "subspace.dimension", "Dimension d",
                "How many numbers are trained; a classifier's head is counted beside them.",
                [](auto& s) -> auto& { return s.subspace.dimension; })
                .called("subspace-dimension")
                .from(1),
        setting(
            "subspace.projection", "Projection",
            "The fixed random matrix. Fastfood and hashed need no memory for it; dense has all its numbers, "
            "and is "
            "for small models.",
            [](auto& s) -> auto& { return s.subspace.projection; }),
        setting(
            "subspace.said", "Scale a layer (SAID)",
            "A learned scale for each layer, taken out of the dimension; without it every layer moves alike "
            "(DID).",
            [](auto& s) -> auto& { return s.subspace.said; })};
}

MethodSheet subspace_sheet() {
    return {.kind = MethodKind::Subspace,
        .word = "subspace",
        .title = "Random subspace",
        .about = "Moves the weights along a few fixed random directions; to find how few numbers a task "
                 "needs, its "
                 "intrinsic dimension.",
        .paper = "Li et al. 2018, arXiv:1804.08838; Aghajanyan et al. 2020, arXiv:2012.13255",
        .result = ResultKind::Subspace,
        .keeps_low_rank = false,
        .lr = 1e-2,
        .rates = {1e-4, 1},
        .own = subspace_settings(),
        .refuses = refused_without_adapter(),
        .without = {"lora.rank", "lora.alpha"},
        .begin = [](RunSettings& settings) { settings.lora.selection.targets = "all-linear"; },
        .costs =
            [](const RunSettings& settings, const TargetShapes& shapes) {
                const SubspaceSettings& subspace = settings.subspace;
                const std::int64_t d = subspace.dimension;
                return MethodCosts{d, d,
                    beside_the_model * shapes.weights
                        + projection_bytes(subspace.projection, shapes.weights, d)};
            },
        .runs_fused = false};
}

} // namespace lora
