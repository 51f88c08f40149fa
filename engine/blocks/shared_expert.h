#pragma once
// An expert that every token of a mixture has beside those it chose: down(activation(gate x) ∘ up x), with a
// gate of its own weighed by σ(g · x). PEFT's all-linear adapts g alone, and so do updates here. Sources:
// Qwen Team 2024, Qwen 1.5 MoE (with g); DeepSeek-AI 2024, DeepSeek-V3 (without).

#include "engine/blocks/gated_linears.h"
#include "engine/blocks/place.h"
#include "engine/kernels/activation.h"
#include "engine/models/linear.h"
#include "engine/models/model.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct SharedExpertSettings {
    std::string path;       ///< in a block: "mlp.shared_experts"
    std::int64_t inner = 0; ///< F
    bool weighed = false;   ///< by g, a linear at PATH_gate
};

class SharedExpert {
public:
    /// `width` is D.
    SharedExpert(
        const Place& block, std::int64_t width, const SharedExpertSettings& settings, Activation activation);

    /// x [N, D] → [N, D].
    at::Tensor forward(const at::Tensor& x, const Pass& pass) const;

    /// What can carry an update: g, where it has one.
    std::vector<const Linear*> linears() const;
    void name_linears(std::vector<NamedLinear>& all);
    /// Of the linears that cannot.
    void name_parameters(std::vector<NamedParameter>& all) { made_.name_parameters(all); }
    /// Values that a token leaves for the backward, the updates' own not counted.
    std::int64_t kept_values() const;

private:
    std::string weight_path_;
    std::int64_t layer_, width_;
    GatedLinears made_;
    std::optional<Linear> weight_;
};

} // namespace lora
