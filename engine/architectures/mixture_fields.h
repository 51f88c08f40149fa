#pragma once
// config.json's fields of mixtures of experts, and the names of their tensors that families share.

#include "engine/architectures/config_fields.h"
#include "engine/blocks/mixture_of_experts.h"

#include <cstdint>

namespace lora {

/// num_local_experts or num_experts, and num_experts_per_tok of them for each token. `inner` is F of each.
/// Throws Error for fields that are missing or do not fit each other.
MixtureSettings mixture_settings(const ConfigFields& config, std::int64_t inner);

/// The same two fields from a GGUF file, and the width of an expert as moe_intermediate_size.
void add_experts(Json& config, const GgufFile& file);

/// Of blocks with a norm of each half's input and experts.
constexpr NamePair mixture_block_names[] = {{"input_layernorm.", "attn_norm."},
    {"self_attn.q_proj.", "attn_q."}, {"self_attn.k_proj.", "attn_k."}, {"self_attn.v_proj.", "attn_v."},
    {"self_attn.o_proj.", "attn_output."}, {"self_attn.q_norm.", "attn_q_norm."},
    {"self_attn.k_norm.", "attn_k_norm."}, {"post_attention_layernorm.", "ffn_norm."},
    {"mlp.gate.", "ffn_gate_inp."}, {"mlp.experts.gate_proj.", "ffn_gate_exps."},
    {"mlp.experts.up_proj.", "ffn_up_exps."}, {"mlp.experts.down_proj.", "ffn_down_exps."}};

} // namespace lora
