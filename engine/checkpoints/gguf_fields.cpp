#include "engine/checkpoints/gguf_fields.h"

#include "engine/checkpoints/gguf_rope.h"
#include "engine/error.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace lora {

namespace {

using Kind = FieldPair::Kind;
constexpr std::int64_t most = std::int64_t{1} << 24;

/// What all decoders have.
constexpr FieldPair sizes[] = {{"embedding_length", "hidden_size", Kind::Integer, true},
    {"feed_forward_length", "intermediate_size", Kind::Integer, true},
    {"block_count", "num_hidden_layers", Kind::Integer, true},
    {"attention.head_count", "num_attention_heads", Kind::Integer, true},
    {"context_length", "max_position_embeddings", Kind::Integer, true}};
/// What some have.
constexpr FieldPair window{"attention.sliding_window", "sliding_window", Kind::Integer};
constexpr FieldPair rms_epsilon{"attention.layer_norm_rms_epsilon", "rms_norm_eps"},
    epsilon{"attention.layer_norm_epsilon", "layer_norm_eps"};
constexpr FieldPair softcaps[] = {{"attn_logit_softcapping", "attn_logit_softcapping"},
    {"final_logit_softcapping", "final_logit_softcapping"}};

/// Names that some families' config.json has for the same.
constexpr std::string_view epsilons[] = {"layer_norm_eps", "layer_norm_epsilon", "norm_epsilon", "norm_eps"};
constexpr std::string_view inner_widths[] = {"intermediate_size", "n_inner", "ffn_hidden_size"};

void read(Json& config, const GgufFile& file, const std::string& at, const FieldPair& pair) {
    const std::string key = at + pair.key;
    if (!pair.is_needed && file.metadata(key) == nullptr) return;
    switch (pair.kind) {
    case Kind::Integer: config[pair.field] = file.integer(key, 1, most); return;
    case Kind::Number: config[pair.field] = file.number(key); return;
    case Kind::Flag: config[pair.field] = file.boolean_or(key, false); return;
    }
}

/// Whether config.json says anything there.
bool write(GgufFields& metadata, const JsonFields& config, const std::string& at, const FieldPair& pair,
    std::string_view field) {
    if (!config.has(field)) return false;
    const std::string key = at + pair.key;
    switch (pair.kind) {
    case Kind::Integer:
        metadata.emplace_back(key, static_cast<std::uint32_t>(config.integer(field, 1, most)));
        break;
    case Kind::Number: metadata.emplace_back(key, static_cast<float>(config.number(field))); break;
    case Kind::Flag: metadata.emplace_back(key, config.boolean_or(field, false)); break;
    }
    return true;
}

void write(GgufFields& metadata, const JsonFields& config, const std::string& at, const FieldPair& pair) {
    if (!write(metadata, config, at, pair, pair.field) && pair.is_needed)
        fail(config.where() + ": " + pair.field, "nothing", "a value, which GGUF needs",
            "write the one that the model has into config.json");
}

/// By the first of the names that config.json has.
bool write(GgufFields& metadata, const JsonFields& config, const std::string& at, const FieldPair& pair,
    std::span<const std::string_view> names) {
    return std::any_of(names.begin(), names.end(),
        [&](std::string_view name) { return write(metadata, config, at, pair, name); });
}

void write_sizes(GgufFields& metadata, const JsonFields& config, const std::string& at) {
    for (const FieldPair& pair : sizes) {
        if (pair.field != inner_widths[0]) {
            write(metadata, config, at, pair);
        } else if (!write(metadata, config, at, pair, inner_widths)) {
            // The families that may leave it out mean four times the width.
            const auto inner = 4 * config.integer("hidden_size", 1, most);
            metadata.emplace_back(at + pair.key, static_cast<std::uint32_t>(inner));
        }
    }
    write(metadata, config, at, {"vocab_size", "vocab_size", Kind::Integer});
    const std::int64_t heads = config.integer("num_attention_heads", 1, most);
    const std::int64_t kv_heads = config.integer_or("num_key_value_heads", heads, 1, most);
    metadata.emplace_back(at + "attention.head_count_kv", static_cast<std::uint32_t>(kv_heads));
    const std::int64_t share = config.integer("hidden_size", 1, most) / heads;
    const auto size = static_cast<std::uint32_t>(config.integer_or("head_dim", share, 1, most));
    metadata.emplace_back(at + "attention.key_length", size);
    metadata.emplace_back(at + "attention.value_length", size);
}

/// One number, or one for each layer: 0 where a layer has no attention, the same everywhere else.
std::int64_t key_value_heads(const GgufFile& file, const std::string& key, std::int64_t otherwise) {
    const GgufValue* const found = file.metadata(key);
    if (found == nullptr || !std::holds_alternative<std::vector<std::int64_t>>(*found))
        return file.integer_or(key, otherwise, 1, most);
    std::int64_t heads = 0;
    for (const std::int64_t count : std::get<std::vector<std::int64_t>>(*found)) {
        if (count < 0 || count > most || (count > 0 && heads > 0 && count != heads))
            fail(file.path() + ": " + key, std::to_string(count), "the same number for all layers, or 0");
        heads = std::max(heads, count);
    }
    return std::max<std::int64_t>(heads, 1);
}

} // namespace

Json gguf_config(const GgufFile& file, const std::string& model_type, const Dialect& dialect) {
    const std::string at = file.string("general.architecture") + ".";
    Json config = Json::object();
    config["model_type"] = model_type;
    for (const FieldPair& pair : sizes) read(config, file, at, pair);
    const auto heads = config["num_attention_heads"].get<std::int64_t>();
    config["num_key_value_heads"] = key_value_heads(file, at + "attention.head_count_kv", heads);
    read_gguf_rope(config, file, at);
    for (const FieldPair& pair : {window, rms_epsilon, epsilon, softcaps[0], softcaps[1]})
        read(config, file, at, pair);
    if (!config.contains(rms_epsilon.field) && !config.contains(epsilon.field))
        file.number(at + rms_epsilon.key); // which says what is missing
    for (const FieldPair& pair : dialect.gguf.fields) read(config, file, at, pair);
    const GgufTensor* embedding = file.find("token_embd.weight");
    if (embedding == nullptr || embedding->shape.size() != 2)
        fail(file.path(), "no matrix token_embd.weight", "a model's embedding");
    config["vocab_size"] = embedding->shape[0];
    config["tie_word_embeddings"] = file.find("output.weight") == nullptr;
    if (dialect.gguf.add_fields != nullptr) dialect.gguf.add_fields(config, file);
    return config;
}

GgufConfig gguf_fields(const Json& config, const Dialect& dialect, const std::string& where) {
    const std::string at = std::string(dialect.gguf.architecture) + ".";
    const JsonFields fields(config, where);
    GgufConfig gguf;
    write_sizes(gguf.metadata, fields, at);
    if (dialect.gguf.has_windows) write(gguf.metadata, fields, at, window);
    if (!write(gguf.metadata, fields, at, rms_epsilon, rms_epsilon.field)
        && !write(gguf.metadata, fields, at, epsilon, epsilons))
        fail(where + ": " + rms_epsilon.field, "nothing", "the epsilon of norms, which GGUF needs",
            "write the one that the model has into config.json");
    for (const FieldPair& pair : softcaps) write(gguf.metadata, fields, at, pair);
    for (const FieldPair& pair : dialect.gguf.fields) write(gguf.metadata, fields, at, pair);
    write_gguf_rope(gguf, fields, dialect);
    if (dialect.gguf.add_keys != nullptr) dialect.gguf.add_keys(gguf.metadata, config);
    return gguf;
}

} // namespace lora
