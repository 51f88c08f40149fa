#include "engine/checkpoints/gguf_names.h"

#include "engine/error.h"

#include <algorithm>

namespace lora {

namespace {

constexpr std::string_view blocks = "blk.";
constexpr std::int64_t most = std::int64_t{1} << 24;

std::string translated(std::string_view name, std::span<const NamePair> table) {
    for (const auto& [from, to] : table)
        if (name.starts_with(from)) return std::string(to) + std::string(name.substr(from.size()));
    return {};
}

std::string translated_back(std::string_view name, std::span<const NamePair> table) {
    for (const auto& [to, from] : table)
        if (name.starts_with(from)) return std::string(to) + std::string(name.substr(from.size()));
    return {};
}

/// Fields that GGUF has under a key of its own, where it has them.
struct Field {
    const char *key, *field;
};
constexpr Field integers[] = {{"attention.sliding_window", "sliding_window"}};
constexpr Field numbers[] = {{"attention.layer_norm_rms_epsilon", "rms_norm_eps"},
    {"attention.layer_norm_epsilon", "layer_norm_eps"}, {"attn_logit_softcapping", "attn_logit_softcapping"},
    {"final_logit_softcapping", "final_logit_softcapping"}};

} // namespace

std::string gguf_name(const std::string& checkpoint_name, const Dialect& dialect) {
    const std::string_view name = checkpoint_name;
    if (name.starts_with(dialect.blocks)) {
        const std::string_view rest = name.substr(dialect.blocks.size());
        const std::size_t dot = rest.find('.');
        if (dot != std::string_view::npos) {
            const std::string inner = translated(rest.substr(dot + 1), dialect.gguf.inside);
            if (!inner.empty()) return std::string(blocks) + std::string(rest.substr(0, dot)) + "." + inner;
        }
    }
    const std::string outer = translated(name, dialect.gguf.outside);
    return outer.empty() ? checkpoint_name : outer;
}

std::string checkpoint_name(const std::string& gguf_name, const Dialect& dialect) {
    const std::string_view name = gguf_name;
    if (!name.starts_with(blocks)) return translated_back(name, dialect.gguf.outside);
    const std::string_view rest = name.substr(blocks.size());
    const std::size_t dot = rest.find('.');
    const bool numbered = dot != std::string_view::npos && dot > 0
                          && rest.substr(0, dot).find_first_not_of("0123456789") == std::string_view::npos;
    const std::string inner =
        numbered ? translated_back(rest.substr(dot + 1), dialect.gguf.inside) : std::string();
    if (inner.empty()) return {};
    return std::string(dialect.blocks) + std::string(rest.substr(0, dot)) + "." + inner;
}

std::int64_t interleaved_heads(
    const std::string& gguf_name, std::int64_t heads, std::int64_t kv_heads, const Dialect& dialect) {
    if (!dialect.gguf.interleaves_rows) return 0;
    if (gguf_name.find(".attn_q.") != std::string::npos) return heads;
    return gguf_name.find(".attn_k.") != std::string::npos ? kv_heads : 0;
}

bool parts_groups(const std::string& gguf_name, const Dialect& dialect) {
    return dialect.gguf.parts_groups && gguf_name.find(".attn_qkv.") != std::string::npos;
}

namespace {

Json rope_scaling_of(const GgufFile& file, const std::string& at, const std::string& kind) {
    Json fields{{"rope_type", kind}, {"factor", file.number(at + "factor")}};
    const std::string original = at + "original_context_length";
    if (file.metadata(original) != nullptr)
        fields["original_max_position_embeddings"] = file.integer(original, 1, most);
    for (const char* field : {"beta_fast", "beta_slow"}) {
        const std::string key = at + "yarn_" + field;
        if (file.metadata(key) != nullptr) fields[field] = file.number(key);
    }
    return fields;
}

} // namespace

Json gguf_config(const GgufFile& file, const std::string& model_type, const Dialect& dialect) {
    const std::string at = file.string("general.architecture") + ".";
    const std::int64_t heads = file.integer(at + "attention.head_count", 1, most);
    const std::int64_t hidden = file.integer(at + "embedding_length", 1, most);
    Json config = Json::object();
    config["model_type"] = model_type;
    config["hidden_size"] = hidden;
    config["intermediate_size"] = file.integer(at + "feed_forward_length", 1, most);
    config["num_hidden_layers"] = file.integer(at + "block_count", 1, most);
    config["num_attention_heads"] = heads;
    config["num_key_value_heads"] = file.integer_or(at + "attention.head_count_kv", heads, 1, most);
    // Where the file does not tell how much of a head turns, all of it does.
    const std::string dimensions = at + "rope.dimension_count";
    const std::int64_t share = hidden / heads, told = file.integer_or(dimensions, share, 1, most);
    const std::int64_t size = file.integer_or(at + "attention.key_length", std::max(told, share), 1, most);
    const std::int64_t turned = file.integer_or(dimensions, size, 1, most);
    config["head_dim"] = size;
    if (turned != size)
        config["partial_rotary_factor"] = static_cast<double>(turned) / static_cast<double>(size);
    config["max_position_embeddings"] = file.integer(at + "context_length", 1, most);
    for (const auto& [key, field] : integers)
        if (file.metadata(at + key) != nullptr) config[field] = file.integer(at + key, 1, most);
    for (const auto& [key, field] : numbers)
        if (file.metadata(at + key) != nullptr) config[field] = file.number(at + key);
    if (!config.contains("rms_norm_eps") && !config.contains("layer_norm_eps"))
        file.number(at + numbers[0].key); // which says what is missing
    config["rope_theta"] = file.number_or(at + "rope.freq_base", 10000);
    const std::string scaling = file.string_or(at + "rope.scaling.type", "none");
    if (scaling != "none") config["rope_scaling"] = rope_scaling_of(file, at + "rope.scaling.", scaling);
    const GgufTensor* embedding = file.find("token_embd.weight");
    if (embedding == nullptr || embedding->shape.size() != 2)
        fail(file.path(), "no matrix token_embd.weight", "a model's embedding");
    config["vocab_size"] = embedding->shape[0];
    config["tie_word_embeddings"] = file.find("output.weight") == nullptr;
    if (dialect.gguf.add_fields != nullptr) dialect.gguf.add_fields(config, file);
    return config;
}

} // namespace lora
