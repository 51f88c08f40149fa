#pragma once
// What an architecture is: config.json's word for it, how its files name things, and the model that a
// configuration makes. Each has a file of its own, and a line in catalog.cpp.

#include "engine/checkpoints/dialect.h"
#include "engine/models/model.h"
#include "engine/models/weights.h"

#include <memory>

namespace lora {

struct Architecture {
    const char* model_type;
    /// Throws Error for a field of the configuration that is missing, out of range or not supported, and with
    /// every tensor that is missing or of another shape.
    std::unique_ptr<Model> (*make)(const Json& config, const Weights& weights, const at::Device& device);
    Dialect dialect;
};

/// Of a configuration with parts: what it says of its text model, as that model's own would. Its model_type
/// becomes text_model_type.
void lift_text_config(Json& config);

/// Names that most decoders share, in checkpoints and GGUF: to be the whole or the beginning of a dialect.
constexpr NamePair decoder_names[] = {
    {"model.embed_tokens.", "token_embd."}, {"model.norm.", "output_norm."}, {"lm_head.", "output."}};
/// Of blocks with a norm of each half's input.
constexpr NamePair gated_block_names[] = {{"input_layernorm.", "attn_norm."},
    {"self_attn.q_proj.", "attn_q."}, {"self_attn.k_proj.", "attn_k."}, {"self_attn.v_proj.", "attn_v."},
    {"self_attn.o_proj.", "attn_output."}, {"self_attn.q_norm.", "attn_q_norm."},
    {"self_attn.k_norm.", "attn_k_norm."}, {"post_attention_layernorm.", "ffn_norm."},
    {"mlp.gate_proj.", "ffn_gate."}, {"mlp.up_proj.", "ffn_up."}, {"mlp.down_proj.", "ffn_down."}};
/// Of blocks with a norm of each half's output, and perhaps of its input too.
constexpr NamePair normed_block_names[] = {{"input_layernorm.", "attn_norm."},
    {"self_attn.q_proj.", "attn_q."}, {"self_attn.k_proj.", "attn_k."}, {"self_attn.v_proj.", "attn_v."},
    {"self_attn.o_proj.", "attn_output."}, {"self_attn.q_norm.", "attn_q_norm."},
    {"self_attn.k_norm.", "attn_k_norm."}, {"post_attention_layernorm.", "post_attention_norm."},
    {"pre_feedforward_layernorm.", "ffn_norm."}, {"post_feedforward_layernorm.", "post_ffw_norm."},
    {"mlp.gate_proj.", "ffn_gate."}, {"mlp.up_proj.", "ffn_up."}, {"mlp.down_proj.", "ffn_down."}};

/// The same of the text model in a checkpoint with other parts: the names that transformers has for them, and
/// those that files have had.
constexpr OldBeginning text_part_beginnings[] = {
    {"model.language_model.", "language_model.model."}, {"lm_head.", "language_model.lm_head."}};
/// Its names outside the blocks, in checkpoints and GGUF.
constexpr NamePair text_part_names[] = {{"model.language_model.embed_tokens.", "token_embd."},
    {"model.language_model.norm.", "output_norm."}, {"lm_head.", "output."}};
/// Its dialect, with the names in GGUF, if llama.cpp knows the whole by the text model's name.
constexpr Dialect text_part_dialect(std::string_view model_class, const GgufDialect& gguf = {}) {
    return {.blocks = "model.language_model.layers.",
        .embedding = "model.language_model.embed_tokens.weight",
        .norm = "model.language_model.norm",
        .model_class = model_class,
        .add_usual_fields = lift_text_config,
        .gguf = gguf,
        .text_part = "model.language_model.",
        .old_beginnings = text_part_beginnings};
}

} // namespace lora
