#pragma once
// The Llama architecture: RMSNorm, rotary positions, grouped queries, SwiGLU. SmolLM2, TinyLlama, Llama 2
// and 3. Source: Touvron et al. 2023; names and config fields as Hugging Face's LlamaForCausalLM has them.

#include "engine/files/json.h"
#include "engine/kernels/attention.h"
#include "engine/models/model.h"
#include "engine/models/rotary.h"
#include "engine/models/weights.h"

#include <memory>
#include <optional>
#include <vector>

namespace lora {

struct LlamaConfig {
    std::int64_t vocab_size = 0;
    std::int64_t hidden_size = 0;
    std::int64_t intermediate_size = 0;
    std::int64_t num_hidden_layers = 0;
    std::int64_t num_attention_heads = 0;
    std::int64_t num_key_value_heads = 0;
    std::int64_t head_dim = 0;
    std::int64_t max_position_embeddings = 2048;
    double rms_norm_eps = 1e-6;
    RotaryConfig rotary;
    bool tie_word_embeddings = false;
    bool attention_bias = false;
    bool mlp_bias = false;

    /// Throws Error for a field that is missing, out of range or does not divide, and for another hidden_act
    /// than silu.
    static LlamaConfig from_json(const Json& config, const std::string& file);
};

class Llama : public Model {
public:
    /// Throws Error with every tensor that is missing or of another shape.
    Llama(const LlamaConfig& config, const Weights& weights, const at::Device& device);

    at::Tensor hidden(const PackedTokens& tokens, const Pass& pass) const override;
    at::Tensor hidden_at(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const override;
    const Linear& head() const override { return lm_head_; }
    std::vector<NamedLinear> named_linears() override;
    std::vector<NamedParameter> named_parameters() override;
    void parameters_replaced() override;
    std::int64_t vocab_size() const override { return config_.vocab_size; }
    std::int64_t context_length() const override { return config_.max_position_embeddings; }
    std::int64_t kept_values() const override;
    bool runs_fused(const Pass& pass) const override;
    at::Device device() const override { return embed_tokens_.device(); }

private:
    struct Block {
        at::Tensor input_layernorm; // [D]
        Linear q_proj, k_proj, v_proj, o_proj;
        at::Tensor post_attention_layernorm; // [D]
        Linear gate_proj, up_proj, down_proj;
        at::Tensor qkv = {}, qkv_bias = {}; // q, k and v's weights and biases, which are views of them
        at::Tensor gate_up = {}, gate_up_bias = {}; // gate's and up's

        std::vector<const Linear*> linears() const;
    };

    Block block(const Weights& weights) const;
    static void join(Block& block);
    at::Tensor wanted_of(const Block& block, const at::Tensor& rows) const;
    at::Tensor fused_hidden(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const;
    at::Tensor fused_block(const Block& block, const at::Tensor& x, const RotaryTables& tables,
        const AttentionShape& shape, const at::Tensor& rows, const Pass& pass) const;
    at::Tensor plain_hidden(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const;
    at::Tensor plain_block(std::size_t layer, const at::Tensor& x, const RotaryTables& tables,
        const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const;
    at::Tensor self_attention(const Block& block, const at::Tensor& x, const RotaryTables& tables,
        const PackedTokens& tokens, const Pass& pass, std::size_t layer) const;
    at::Tensor norm(const at::Tensor& x, const at::Tensor& weight) const;

    LlamaConfig config_;
    at::Tensor embed_tokens_; // [V, D]
    std::vector<Block> layers_;
    at::Tensor norm_; // [D]
    Linear lm_head_;
    Rotary rotary_;
};

} // namespace lora
