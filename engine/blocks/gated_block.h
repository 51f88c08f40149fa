#pragma once
// Blocks of Llama's kind, made once: attention between q_proj, k_proj, v_proj and o_proj, and a gate between
// gate_proj, up_proj and down_proj. Families differ in where the norms stand; what else an architecture
// changes, it sets on the block that it gets.

#include "engine/blocks/block.h"
#include "engine/blocks/grouped_attention.h"
#include "engine/blocks/mixture_of_experts.h"
#include "engine/kernels/activation.h"

#include <cstdint>
#include <optional>

namespace lora {

/// Linears that share an input, side by side: q_proj, k_proj and v_proj; gate_proj and up_proj.
WideLinear query_key_value(const Place& place, std::int64_t width, const Heads& heads, bool bias = false);
WideLinear gate_and_up(const Place& place, std::int64_t width, std::int64_t inner, bool bias = false);

struct GatedBlock {
    std::int64_t width = 0; ///< D
    std::int64_t inner = 0; ///< F
    Heads heads = {};
    NormSettings norm = {};
    Activation activation = Activation::Silu;
    bool input_bias = false;  ///< of q_proj, k_proj and v_proj
    bool output_bias = false; ///< of o_proj
    bool mlp_bias = false;
    std::optional<MixtureSettings> mixture = {}; ///< in the place of gate_proj, up_proj and down_proj

    /// A norm of each half's input: input_layernorm, post_attention_layernorm.
    Block pre_norm(const Place& place, AttentionSettings attention) const;
    /// A norm of each half's output alone: post_attention_layernorm, post_feedforward_layernorm.
    Block post_norm(const Place& place, AttentionSettings attention) const;
    /// A norm of each half's input and one of its output: input_layernorm, post_attention_layernorm,
    /// pre_feedforward_layernorm, post_feedforward_layernorm.
    Block sandwich_norm(const Place& place, AttentionSettings attention) const;
    /// Both halves on the block's input, after one norm: input_layernorm.
    Block parallel(const Place& place, AttentionSettings attention) const;

    /// The second half alone, without its norms.
    ResidualBranch feed_forward(const Place& place) const;

private:
    Block without_norms(const Place& place, AttentionSettings attention) const;
};

} // namespace lora
