#pragma once
// A mixture of experts in the place of a block's feed-forward branch: a router gives each token a few of many
// small gated branches and weighs what they give. An expert computes the tokens alone that chose it; padding
// never reaches one, since samples are packed. By LibTorch's operators, with autograd's own backward.
// Sources: Shazeer et al. 2017 (mixtures in language models); Jiang et al. 2024, Mixtral of Experts; OpenAI
// 2025, gpt-oss model card (the clamped gate); DeepSeek-AI 2024, DeepSeek-V3 (corrected choices, shared
// experts).

#include "engine/blocks/branch_part.h"
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

/// In the place of the softmax: an expert's weight is the sigmoid of its score, and those are chosen whose
/// weight with a correction of each expert's is the largest, among the best groups of experts alone: those
/// whose two best make the largest sums.
struct CorrectedChoice {
    std::int64_t groups = 1, chosen_groups = 1; ///< of as many experts each
    bool normed = true;                         ///< the weights of a token's experts are divided by their sum
    double scale = 1;                           ///< then of the weights
};

struct MixtureSettings {
    ExpertShape experts = {};
    std::int64_t chosen = 0; ///< experts that a token has
    /// Whether the softmax is over the chosen experts alone, which is the same as to divide the weights of a
    /// softmax over all by the sum of the chosen ones; else it is over all.
    bool among_chosen = true;
    std::string router = "mlp.gate"; ///< in a block
    bool router_bias = false;
    std::optional<CorrectedChoice> corrected =
        {}; ///< ROUTER.e_score_correction_bias [experts], router in float32
    std::optional<SharedExpertSettings> shared = {}; ///< what all tokens have too
    Activation activation = Activation::Silu;        ///< of the gates
    std::optional<ClampedGate> clamped = {};         ///< in the place of `activation`
};

class MixtureOfExperts : public BranchPart {
public:
    MixtureOfExperts(const Place& block, const MixtureSettings& settings);

    at::Tensor forward(
        const at::Tensor& x, const at::Tensor& rows, const Trip& trip, const Pass& pass) const override;

    /// The router, each expert's gate_up_proj and down_proj, then what of the shared one can carry an update.
    std::vector<const Linear*> linears() const override;
    void name_linears(std::vector<NamedLinear>& all) override;
    void name_parameters(std::vector<NamedParameter>& all) override;
    std::int64_t kept_values() const override;
    const char* name() const override { return "a mixture of experts"; }

private:
    struct Choice {
        at::Tensor weights; ///< [N, k], float32
        at::Tensor experts; ///< int64 [N, k]
    };
    Choice choose(const at::Tensor& x, const Pass& pass) const;
    Choice corrected_choice(const at::Tensor& weights) const;
    at::Tensor of_chosen(const at::Tensor& x, const Pass& pass) const;
    at::Tensor gated(const at::Tensor& gate_up) const;

    MixtureSettings settings_;
    std::string router_path_, experts_path_;
    std::int64_t layer_;
    Linear router_;
    at::Tensor correction_; ///< float32 [experts]; undefined: none
    ExpertLinears experts_;
    std::optional<SharedExpert> shared_;
};

} // namespace lora
