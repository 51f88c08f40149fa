#pragma once
// A mixture of experts in the place of a block's feed-forward branch: a router gives each token a few of many
// small gated branches and weighs what they give. An expert computes the tokens alone that chose it; padding
// never reaches one, since samples are packed. By LibTorch's operators, with autograd's own backward.
// Sources: Shazeer et al. 2017 (mixtures in language models); Jiang et al. 2024, Mixtral of Experts; OpenAI
// 2025, gpt-oss model card (the clamped gate).

#include "engine/blocks/expert_weights.h"
#include "engine/blocks/place.h"
#include "engine/blocks/shared_expert.h"
#include "engine/kernels/activation.h"
#include "engine/models/linear.h"
#include "engine/models/model.h"
#include "engine/models/pass.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// gate · sigmoid(alpha · gate) ∘ (up + 1), the gate cut at `limit` and up at ±`limit`; gate's and up's rows
/// lie in turn.
struct ClampedGate {
    double alpha = 1.702, limit = 7;
};

struct MixtureSettings {
    ExpertShape experts = {};
    std::int64_t chosen = 0; ///< experts that a token has
    /// Whether the softmax is over the chosen experts alone, which is the same as to divide the weights of a
    /// softmax over all by the sum of the chosen ones; else it is over all.
    bool among_chosen = true;
    std::string router = "mlp.gate"; ///< in a block
    bool router_bias = false;
    Activation activation = Activation::Silu; ///< of the gates
    std::optional<ClampedGate> clamped = {};  ///< in the place of `activation`
};

class MixtureOfExperts {
public:
    MixtureOfExperts(const Place& block, const MixtureSettings& settings);

    /// x [N, D] → [N, D].
    at::Tensor forward(const at::Tensor& x, const Pass& pass) const;

    std::vector<const Linear*> linears() const;
    /// The router, each expert's gate_up_proj and down_proj, then the gate of the one that all tokens have.
    void name_linears(std::vector<NamedLinear>& all);
    /// All but those linears' own.
    void name_parameters(std::vector<NamedParameter>& all);
    /// Values that a token leaves for the backward, the updates' own not counted.
    std::int64_t kept_values() const;

private:
    struct Choice {
        at::Tensor weights; ///< [N, k], float32
        at::Tensor experts; ///< int64 [N, k]
    };
    Choice choose(const at::Tensor& x, const Pass& pass) const;
    at::Tensor gated(const at::Tensor& gate_up) const;

    MixtureSettings settings_;
    std::string router_path_, experts_path_;
    std::int64_t layer_;
    Linear router_;
    ExpertLinears experts_;
    std::optional<SharedExpert> gated_shared_;
};

} // namespace lora
