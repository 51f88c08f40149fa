#include "engine/models/llama.h"

#include "engine/error.h"
#include "engine/models/attention.h"
#include "engine/models/checkpointed.h"
#include "engine/models/fused_blocks.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace lora {

LlamaConfig LlamaConfig::from_json(const Json& config, const std::string& file) {
    constexpr std::int64_t most = std::int64_t{1} << 24;
    const JsonFields fields(config, file);
    const std::string act = fields.string_or("hidden_act", "silu");
    if (act != "silu") fail(file + ": hidden_act", "'" + shown(act) + "'", "silu");
    LlamaConfig llama;
    llama.vocab_size = fields.integer("vocab_size", 1, most);
    llama.hidden_size = fields.integer("hidden_size", 1, most);
    llama.intermediate_size = fields.integer("intermediate_size", 1, most);
    llama.num_hidden_layers = fields.integer("num_hidden_layers", 1, 4096);
    llama.num_attention_heads = fields.integer("num_attention_heads", 1, most);
    llama.num_key_value_heads = fields.integer_or("num_key_value_heads", llama.num_attention_heads, 1, most);
    llama.head_dim = fields.integer_or("head_dim", llama.hidden_size / llama.num_attention_heads, 1, most);
    llama.max_position_embeddings = fields.integer_or("max_position_embeddings", 2048, 1, most);
    llama.rms_norm_eps = fields.number_or("rms_norm_eps", 1e-6);
    llama.rotary = RotaryConfig::from_json(fields);
    llama.tie_word_embeddings = fields.boolean_or("tie_word_embeddings", false);
    llama.attention_bias = fields.boolean_or("attention_bias", false);
    llama.mlp_bias = fields.boolean_or("mlp_bias", false);
    if (!fields.has("head_dim") && llama.hidden_size % llama.num_attention_heads != 0)
        fail(file + ": num_attention_heads", std::to_string(llama.num_attention_heads),
            "a divisor of hidden_size " + std::to_string(llama.hidden_size));
    if (llama.num_attention_heads % llama.num_key_value_heads != 0)
        fail(file + ": num_key_value_heads", std::to_string(llama.num_key_value_heads),
            "a divisor of num_attention_heads " + std::to_string(llama.num_attention_heads));
    if (llama.head_dim % 2 != 0) fail(file + ": head_dim", std::to_string(llama.head_dim), "an even number");
    return llama;
}

Llama::Llama(const LlamaConfig& config, const Weights& weights, const at::Device& device) : config_(config) {
    const Weights model = weights.at("model");
    embed_tokens_ = model.tensor("embed_tokens.weight", {config.vocab_size, config.hidden_size});
    for (std::int64_t i = 0; i < config.num_hidden_layers; ++i)
        layers_.push_back(block(model.at("layers." + std::to_string(i))));
    norm_ = model.tensor("norm.weight", {config.hidden_size});
    lm_head_ = config.tie_word_embeddings ? Linear(embed_tokens_)
                                          : weights.linear("lm_head", config.hidden_size, config.vocab_size);
    rotary_ = Rotary(config.rotary, config.head_dim,
        weights.optional_tensor("rope_freqs.weight", {config.head_dim / 2}), device);
    weights.check();
    for (Block& block : layers_) join(block);
}

void Llama::join(Block& block) {
    const std::vector<Linear*> attention{&block.q_proj, &block.k_proj, &block.v_proj};
    const std::vector<Linear*> mlp{&block.gate_proj, &block.up_proj};
    block.qkv = Linear::join_weights(attention);
    block.qkv_bias = Linear::join_biases(attention);
    block.gate_up = Linear::join_weights(mlp);
    block.gate_up_bias = Linear::join_biases(mlp);
}

Llama::Block Llama::block(const Weights& weights) const {
    const std::int64_t hidden = config_.hidden_size, inner = config_.intermediate_size;
    const std::int64_t queries = config_.num_attention_heads * config_.head_dim;
    const std::int64_t keys = config_.num_key_value_heads * config_.head_dim;
    const bool bias = config_.attention_bias;
    const Weights attention = weights.at("self_attn");
    const Weights mlp = weights.at("mlp");
    return {
        .input_layernorm = weights.tensor("input_layernorm.weight", {hidden}),
        .q_proj = attention.linear("q_proj", hidden, queries, bias),
        .k_proj = attention.linear("k_proj", hidden, keys, bias),
        .v_proj = attention.linear("v_proj", hidden, keys, bias),
        .o_proj = attention.linear("o_proj", queries, hidden, bias),
        .post_attention_layernorm = weights.tensor("post_attention_layernorm.weight", {hidden}),
        .gate_proj = mlp.linear("gate_proj", hidden, inner, config_.mlp_bias),
        .up_proj = mlp.linear("up_proj", hidden, inner, config_.mlp_bias),
        .down_proj = mlp.linear("down_proj", inner, hidden, config_.mlp_bias),
    };
}

at::Tensor Llama::hidden(const PackedTokens& tokens, const Pass& pass) const {
    return hidden_at(tokens, /*rows=*/{}, pass);
}

at::Tensor Llama::hidden_at(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const {
    return runs_fused(pass) ? fused_hidden(tokens, rows, pass) : plain_hidden(tokens, rows, pass);
}

// A block's two inputs, q, k, v, the attention's y, gate and up.
std::int64_t Llama::kept_values() const {
    const std::int64_t queries = config_.num_attention_heads * config_.head_dim;
    const std::int64_t keys = config_.num_key_value_heads * config_.head_dim;
    return config_.num_hidden_layers
           * (2 * config_.hidden_size + 2 * (queries + keys) + 2 * config_.intermediate_size);
}

// The rows at which a block ends, all of them where undefined: other rows' last MLP would reach no one.
at::Tensor Llama::wanted_of(const Block& block, const at::Tensor& rows) const {
    return &block == &layers_.back() ? rows : at::Tensor();
}

std::vector<const Linear*> Llama::Block::linears() const {
    return {&q_proj, &k_proj, &v_proj, &o_proj, &gate_proj, &up_proj, &down_proj};
}

bool Llama::runs_fused(const Pass& pass) const {
    return pass.fused && !pass.cache && has_packed_attention(embed_tokens_, config_.head_dim)
           && std::all_of(layers_.begin(), layers_.end(),
               [&](const Block& block) { return fit_kernels(block.linears(), pass); });
}

at::Tensor Llama::fused_hidden(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const {
    at::Tensor x = at::embedding(embed_tokens_, tokens.ids); // [N] → [N, D]
    const RotaryTables tables = rotary_.half_tables(tokens.positions);
    const AttentionShape shape{.heads = config_.num_attention_heads,
        .kv_heads = config_.num_key_value_heads,
        .head_size = config_.head_dim,
        .lengths = tokens.lengths,
        .starts = tokens.starts,
        .longest = tokens.longest};
    for (const Block& block : layers_)
        x = run_block(x, block.linears(), pass,
            [this, &block, tables, shape, wanted = wanted_of(block, rows)](const at::Tensor& in,
                const Pass& how) { return fused_block(block, in, tables, shape, wanted, how); });
    return norm(x, norm_);
}

at::Tensor Llama::fused_block(const Block& block, const at::Tensor& x, const RotaryTables& tables,
    const AttentionShape& shape, const at::Tensor& rows, const Pass& pass) const {
    at::Tensor attended;
    {
        const Timed timed(pass.profile, Phase::Attention);
        attended = fused_attention_half(x,
            {.norm = &block.input_layernorm,
                .epsilon = config_.rms_norm_eps,
                .wide = &block.qkv,
                .wide_bias = &block.qkv_bias,
                .parts = {&block.q_proj, &block.k_proj, &block.v_proj},
                .last = &block.o_proj},
            tables, shape, pass.adapted);
        if (rows.defined()) attended = attended.index_select(0, rows);
    }
    const Timed timed(pass.profile, Phase::Mlp);
    return fused_mlp_half(attended,
        {.norm = &block.post_attention_layernorm,
            .epsilon = config_.rms_norm_eps,
            .wide = &block.gate_up,
            .wide_bias = &block.gate_up_bias,
            .parts = {&block.gate_proj, &block.up_proj},
            .last = &block.down_proj},
        pass.adapted);
}

at::Tensor Llama::plain_hidden(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const {
    at::Tensor x = at::embedding(embed_tokens_, tokens.ids); // [N] → [N, D]
    const RotaryTables tables = rotary_.tables(tokens.positions, x.scalar_type());
    for (std::size_t layer = 0; layer < layers_.size(); ++layer)
        x = run_block(x, layers_[layer].linears(), pass,
            [this, layer, tables, tokens, wanted = wanted_of(layers_[layer], rows)](const at::Tensor& in,
                const Pass& how) { return plain_block(layer, in, tables, tokens, wanted, how); });
    if (pass.cache) pass.cache->length += tokens.ids.size(0);
    return norm(x, norm_);
}

at::Tensor Llama::plain_block(std::size_t layer, const at::Tensor& x, const RotaryTables& tables,
    const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const {
    const Block& block = layers_[layer];
    at::Tensor attended =
        x + self_attention(block, norm(x, block.input_layernorm), tables, tokens, pass, layer);
    if (rows.defined()) attended = attended.index_select(0, rows);
    const at::Tensor y = norm(attended, block.post_attention_layernorm);
    return attended
           + block.down_proj.forward(
               at::silu(block.gate_proj.forward(y, pass)) * block.up_proj.forward(y, pass), pass);
}

at::Tensor Llama::self_attention(const Block& block, const at::Tensor& x, const RotaryTables& tables,
    const PackedTokens& tokens, const Pass& pass, std::size_t layer) const {
    const std::int64_t rows = x.size(0), head_dim = config_.head_dim;
    const at::Tensor q = block.q_proj.forward(x, pass).view({rows, config_.num_attention_heads, head_dim});
    const at::Tensor k = block.k_proj.forward(x, pass).view({rows, config_.num_key_value_heads, head_dim});
    const at::Tensor v = block.v_proj.forward(x, pass).view({rows, config_.num_key_value_heads, head_dim});
    const at::Tensor y =
        attention(rotate(q, tables), rotate(k, tables), v, tokens, pass.cache, layer); // → [N, H·E]
    return block.o_proj.forward(y, pass);
}

at::Tensor Llama::norm(const at::Tensor& x, const at::Tensor& weight) const {
    return at::rms_norm(x, {config_.hidden_size}, weight, config_.rms_norm_eps);
}

std::vector<NamedLinear> Llama::named_linears() {
    std::vector<NamedLinear> linears;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        Block& block = layers_[i];
        const std::string at = "model.layers." + std::to_string(i) + ".";
        const auto layer = static_cast<std::int64_t>(i);
        linears.push_back({at + "self_attn.q_proj", layer, &block.q_proj});
        linears.push_back({at + "self_attn.k_proj", layer, &block.k_proj});
        linears.push_back({at + "self_attn.v_proj", layer, &block.v_proj});
        linears.push_back({at + "self_attn.o_proj", layer, &block.o_proj});
        linears.push_back({at + "mlp.gate_proj", layer, &block.gate_proj});
        linears.push_back({at + "mlp.up_proj", layer, &block.up_proj});
        linears.push_back({at + "mlp.down_proj", layer, &block.down_proj});
    }
    if (!config_.tie_word_embeddings) linears.push_back({"lm_head", -1, &lm_head_});
    return linears;
}

std::vector<NamedParameter> Llama::named_parameters() {
    std::vector<NamedParameter> all{{"model.embed_tokens.weight", -1, &embed_tokens_}};
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        Block& block = layers_[i];
        const std::string at = "model.layers." + std::to_string(i) + ".";
        const auto layer = static_cast<std::int64_t>(i);
        all.push_back({at + "input_layernorm.weight", layer, &block.input_layernorm});
        all.push_back({at + "post_attention_layernorm.weight", layer, &block.post_attention_layernorm});
    }
    all.push_back({"model.norm.weight", -1, &norm_});
    for (const NamedLinear& named : named_linears())
        named.linear->name_parameters(named.path, named.layer, all);
    return all;
}

void Llama::parameters_replaced() {
    for (Block& block : layers_) join(block);
    if (config_.tie_word_embeddings) lm_head_ = Linear(embed_tokens_);
}

} // namespace lora
