#pragma once
// Attention whose keys and values come from one small vector of each token: two products with a norm between,
// perhaps two for the queries as well; a part of each head turns with the position, of the keys the same part
// for all heads. The scores run by the kernels where a value is no larger than a key. Source: DeepSeek-AI
// 2024, DeepSeek-V2 (multi-head latent attention); names as Hugging Face's DeepseekV3Attention has them.

#include "engine/blocks/branch_part.h"
#include "engine/blocks/norm.h"
#include "engine/blocks/place.h"
#include "engine/models/dropout.h"

#include <memory>
#include <string>

namespace lora {

struct LatentSettings {
    std::int64_t width = 0;                         ///< D
    std::int64_t heads = 0;                         ///< H
    std::int64_t content = 0, turned = 0;           ///< of a head's query and key: what stays, what turns
    std::int64_t value = 0;                         ///< of a head's value
    std::int64_t query_rank = 0;                    ///< of the small vector for queries; 0: none, one product
    std::int64_t key_rank = 0;                      ///< of that for keys and values
    bool bias = false;                              ///< of q_a_proj, kv_a_proj_with_mqa and o_proj
    double scale = 1;                               ///< of the scores
    std::shared_ptr<const Rotary> rotary = nullptr; ///< of heads of `turned` values
    DropoutPlace dropout = {};                      ///< of the probabilities

    std::int64_t head_size() const { return content + turned; }
};

class LatentAttention : public BranchPart {
public:
    /// `place`: a block's self_attn.
    LatentAttention(const Place& place, LatentSettings settings);

    at::Tensor forward(
        const at::Tensor& x, const at::Tensor& rows, const Trip& trip, const Pass& pass) const override;
    std::vector<const Linear*> linears() const override;
    void name_linears(std::vector<NamedLinear>& all) override;
    void name_parameters(std::vector<NamedParameter>& all) override;
    std::int64_t kept_values() const override;
    const Rotary* rotary() const override { return settings_.rotary.get(); }
    const char* name() const override { return "latent attention"; }

private:
    at::Tensor queries(const at::Tensor& x, const Pass& pass) const;
    at::Tensor with_turned_end(const at::Tensor& heads, const Trip& trip) const;
    at::Tensor attended(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const Trip& trip,
        const Pass& pass) const;

    std::string path_;
    std::int64_t layer_;
    LatentSettings settings_;
    Linear query_down_, query_, key_down_, key_,
        last_; ///< the first without a weight where there is one product
    Norm query_norm_, key_norm_;
};

} // namespace lora
