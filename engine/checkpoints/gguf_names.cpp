#include "engine/checkpoints/gguf_names.h"

#include "engine/error.h"

#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace lora {

namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 3> outside_blocks{{
    {"model.embed_tokens.", "token_embd."},
    {"model.norm.", "output_norm."},
    {"lm_head.", "output."},
}};

constexpr std::array<Pair, 9> inside_blocks{{
    {"input_layernorm.", "attn_norm."},
    {"self_attn.q_proj.", "attn_q."},
    {"self_attn.k_proj.", "attn_k."},
    {"self_attn.v_proj.", "attn_v."},
    {"self_attn.o_proj.", "attn_output."},
    {"post_attention_layernorm.", "ffn_norm."},
    {"mlp.gate_proj.", "ffn_gate."},
    {"mlp.up_proj.", "ffn_up."},
    {"mlp.down_proj.", "ffn_down."},
}};

constexpr std::string_view layers = "model.layers.", blocks = "blk.";
constexpr std::int64_t most = std::int64_t{1} << 24;

template <std::size_t count>
std::string translated(std::string_view name, const std::array<Pair, count>& table) {
    for (const auto& [from, to] : table)
        if (name.starts_with(from)) return std::string(to) + std::string(name.substr(from.size()));
    return {};
}

template <std::size_t count>
std::string translated_back(std::string_view name, const std::array<Pair, count>& table) {
    for (const auto& [to, from] : table)
        if (name.starts_with(from)) return std::string(to) + std::string(name.substr(from.size()));
    return {};
}

} // namespace

std::string gguf_name(const std::string& checkpoint_name) {
    const std::string_view name = checkpoint_name;
    if (name.starts_with(layers)) {
        const std::string_view rest = name.substr(layers.size());
        const std::size_t dot = rest.find('.');
        if (dot != std::string_view::npos) {
            const std::string inner = translated(rest.substr(dot + 1), inside_blocks);
            if (!inner.empty()) return std::string(blocks) + std::string(rest.substr(0, dot)) + "." + inner;
        }
    }
    const std::string outer = translated(name, outside_blocks);
    return outer.empty() ? checkpoint_name : outer;
}

std::string checkpoint_name(const std::string& gguf_name) {
    const std::string_view name = gguf_name;
    if (!name.starts_with(blocks)) return translated_back(name, outside_blocks);
    const std::string_view rest = name.substr(blocks.size());
    const std::size_t dot = rest.find('.');
    const bool numbered = dot != std::string_view::npos && dot > 0
                          && rest.substr(0, dot).find_first_not_of("0123456789") == std::string_view::npos;
    const std::string inner = numbered ? translated_back(rest.substr(dot + 1), inside_blocks) : std::string();
    return inner.empty() ? inner : std::string(layers) + std::string(rest.substr(0, dot)) + "." + inner;
}

std::int64_t interleaved_heads(const std::string& checkpoint_name, const GgufFile& file) {
    if (file.string_or("general.architecture", "") != "llama") return 0;
    const std::int64_t heads = file.integer("llama.attention.head_count", 1, most);
    if (checkpoint_name.find(".self_attn.q_proj.") != std::string::npos) return heads;
    if (checkpoint_name.find(".self_attn.k_proj.") != std::string::npos)
        return file.integer_or("llama.attention.head_count_kv", heads, 1, most);
    return 0;
}

Json gguf_config(const GgufFile& file) {
    const std::string architecture = file.string("general.architecture");
    const std::string at = architecture + ".";
    Json config = Json::object();
    config["model_type"] = architecture;
    if (architecture != "llama") return config;

    const std::int64_t heads = file.integer(at + "attention.head_count", 1, most);
    const std::int64_t hidden = file.integer(at + "embedding_length", 1, most);
    config["hidden_size"] = hidden;
    config["intermediate_size"] = file.integer(at + "feed_forward_length", 1, most);
    config["num_hidden_layers"] = file.integer(at + "block_count", 1, most);
    config["num_attention_heads"] = heads;
    config["num_key_value_heads"] = file.integer_or(at + "attention.head_count_kv", heads, 1, most);
    config["head_dim"] = file.integer_or(at + "attention.key_length",
        file.integer_or(at + "rope.dimension_count", hidden / heads, 1, most), 1, most);
    config["max_position_embeddings"] = file.integer(at + "context_length", 1, most);
    config["rms_norm_eps"] = file.number(at + "attention.layer_norm_rms_epsilon");
    config["rope_theta"] = file.number_or(at + "rope.freq_base", 10000);
    const std::string scaling = file.string_or(at + "rope.scaling.type", "none");
    if (scaling != "none")
        config["rope_scaling"] = {
            {"rope_type", scaling}, {"factor", file.number(at + "rope.scaling.factor")}};
    const GgufTensor* embedding = file.find("token_embd.weight");
    if (embedding == nullptr || embedding->shape.size() != 2)
        fail(file.path(), "no matrix token_embd.weight", "a model's embedding");
    config["vocab_size"] = embedding->shape[0];
    config["tie_word_embeddings"] = file.find("output.weight") == nullptr;
    config["attention_bias"] = file.find("blk.0.attn_q.bias") != nullptr;
    config["mlp_bias"] = file.find("blk.0.ffn_gate.bias") != nullptr;
    return config;
}

} // namespace lora
