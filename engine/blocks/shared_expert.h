#pragma once
// An expert that every token of a mixture has beside those it chose, weighed by a gate of its own:
// σ(g · x) · down(activation(gate x) ∘ up x). PEFT's all-linear adapts g alone, and so do updates here.
// Source: Qwen Team 2024, Qwen 1.5 MoE.

#include "engine/blocks/place.h"
#include "engine/kernels/activation.h"
#include "engine/models/linear.h"
#include "engine/models/model.h"

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

class SharedExpert {
public:
    /// Of a block's mlp.shared_expert and mlp.shared_expert_gate; `width` is D, `inner` F.
    SharedExpert(const Place& block, std::int64_t width, std::int64_t inner, Activation activation);

    /// x [N, D] → [N, D].
    at::Tensor forward(const at::Tensor& x, const Pass& pass) const;

    /// What can carry an update: mlp.shared_expert_gate.
    const Linear& weight() const { return weight_; }
    void name_linears(std::vector<NamedLinear>& all);
    /// Of the linears that cannot.
    void name_parameters(std::vector<NamedParameter>& all);
    /// Values that a token leaves for the backward, the updates' own not counted.
    std::int64_t kept_values() const { return 3 * gate_.out() + down_.out(); }

private:
    std::string path_;
    std::int64_t layer_;
    Activation activation_;
    Linear gate_, up_, down_, weight_;
};

} // namespace lora
