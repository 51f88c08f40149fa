// Uni-LoRA: all A and B from one vector through a fixed random projection.

#include "engine/method_sheets/sheets.h"

namespace lora {

namespace {

// All but the scale a layer, which is for weights.
std::vector<Setting> own() {
    std::vector<Setting> settings = subspace_settings();
    settings.resize(2);
    return settings;
}

MethodCosts uni_lora_costs(const RunSettings& settings, const TargetShapes& shapes) {
    const std::int64_t values = shapes.A + shapes.B;
    const SubspaceSettings& subspace = settings.subspace;
    return {subspace.dimension, values,
        beside_the_model * values + projection_bytes(subspace.projection, values, subspace.dimension)};
}

} // namespace

MethodSheet uni_lora_sheet() {
    return {.kind = MethodKind::UniLora,
        .word = "uni-lora",
        .title = "Uni-LoRA",
        .about = "All A and B follow from one short vector through a fixed random projection; when an "
                 "adapter of a "
                 "few hundred numbers in all has to do.",
        .paper = "Li et al. 2025, arXiv:2506.00799",
        .lr = 1e-2,
        .rates = {1e-4, 1},
        .own = own(),
        .refuses = {{"lora.adapter", "its A and B follow from a vector of their own"},
            {"lora.init", "its A and B follow from a vector of their own"}},
        .begin = [](RunSettings& settings) { settings.subspace.projection = ProjectionKind::Hashed; },
        .costs = uni_lora_costs};
}

} // namespace lora
