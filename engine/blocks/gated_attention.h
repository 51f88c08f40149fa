#pragma once
// Attention whose result a gate scales, value by value: σ(gate) ∘ attention. The first linear gives a head's
// queries and the head's gate in turn. Source: Qiu et al. 2025, Gated Attention for Large Language Models.

#include "engine/blocks/grouped_attention.h"

namespace lora {

class GatedAttention : public Middle {
public:
    GatedAttention(const Heads& heads, std::int64_t layer, AttentionSettings settings);

    /// Of linears with 2 · queries, keys and keys values.
    at::Tensor plain(
        const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const override;
    at::Tensor forward(Kept& kept, const Trip& trip, const Pass& pass) const override;
    at::Tensor again(const Kept& kept) const override;
    at::Tensor backward(Kept& kept, const at::Tensor& dy) const override;
    bool runs_fused(const at::Tensor& like) const override { return attention_.runs_fused(like); }
    std::int64_t kept_values() const override;
    const Rotary* rotary() const override { return attention_.rotary(); }
    void name_parameters(std::vector<NamedParameter>& all) override { attention_.name_parameters(all); }
    void add_traits(std::vector<Trait>& all, const std::string& place) const override;

private:
    Heads heads_;
    GroupedAttention attention_;
};

} // namespace lora
