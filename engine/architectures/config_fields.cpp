#include "engine/architectures/config_fields.h"

#include "engine/architectures/architecture.h"
#include "engine/error.h"

#include <algorithm>
#include <utility>

namespace lora {

namespace {

constexpr std::int64_t largest_size = std::int64_t{1} << 24, most_layers = 4096;

constexpr std::pair<std::string_view, Activation> activations[] = {{"silu", Activation::Silu},
    {"swish", Activation::Silu}, {"gelu", Activation::Gelu}, {"gelu_new", Activation::GeluTanh},
    {"gelu_pytorch_tanh", Activation::GeluTanh}, {"relu", Activation::Relu},
    {"relu2", Activation::ReluSquared}};

std::string plain_text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

} // namespace

std::int64_t ConfigFields::size(std::string_view key) const { return integer(key, 1, largest_size); }

std::int64_t ConfigFields::size_or(std::string_view key, std::int64_t otherwise) const {
    return integer_or(key, otherwise, 1, largest_size);
}

std::int64_t ConfigFields::size_or_none(std::string_view key, std::int64_t otherwise) const {
    if (is_null(key)) return 0;
    return has(key) ? size(key) : otherwise;
}

Heads ConfigFields::heads(std::int64_t head_size) const {
    Heads heads;
    const std::int64_t width = size("hidden_size");
    heads.count = size("num_attention_heads");
    heads.kv_count = size_or("num_key_value_heads", heads.count);
    heads.size = size_or("head_dim", head_size > 0 ? head_size : width / heads.count);
    if (head_size == 0 && !has("head_dim") && width % heads.count != 0)
        fail(where() + ": num_attention_heads", std::to_string(heads.count),
            "a divisor of hidden_size " + std::to_string(width));
    if (heads.count % heads.kv_count != 0)
        fail(where() + ": num_key_value_heads", std::to_string(heads.kv_count),
            "a divisor of num_attention_heads " + std::to_string(heads.count));
    if (heads.size % 2 != 0) fail(where() + ": head_dim", std::to_string(heads.size), "an even number");
    return heads;
}

Activation ConfigFields::activation(std::string_view key, std::string_view otherwise) const {
    const std::string name = string_or(key, std::string(otherwise));
    std::string names;
    for (const auto& [known, activation] : activations) {
        if (name == known) return activation;
        names += (names.empty() ? "" : ", ") + std::string(known);
    }
    fail(where() + ": " + std::string(key), "'" + shown(name) + "'", "one of " + names);
}

double ConfigFields::probability(std::string_view key, double otherwise) const {
    const double p = number_or(key, otherwise);
    if (!(p >= 0 && p < 1)) fail(where() + ": " + std::string(key), std::to_string(p), "a number in [0, 1)");
    return p;
}

double ConfigFields::positive_or(std::string_view key, double otherwise) const {
    const double found = number_or(key, otherwise);
    if (!(found > 0)) fail(where() + ": " + std::string(key), std::to_string(found), "a positive number");
    return found;
}

double ConfigFields::softcap(std::string_view key, double otherwise) const {
    if (is_null(key)) return 0;
    return has(key) ? positive_or(key, 1) : otherwise;
}

DropoutPlace ConfigFields::attention_dropout(
    std::int64_t layer, std::string_view key, double otherwise) const {
    return {probability(key, otherwise), static_cast<std::uint64_t>(layer)};
}

DropoutPlace ConfigFields::output_dropout(
    std::int64_t layer, Half half, std::string_view key, double otherwise) const {
    const std::int64_t layers = size("num_hidden_layers");
    return {probability(key, otherwise),
        static_cast<std::uint64_t>(layers + 2 * layer + (half == Half::Mlp ? 1 : 0))};
}

DropoutPlace ConfigFields::embedding_dropout(std::string_view key, double otherwise) const {
    return {probability(key, otherwise), static_cast<std::uint64_t>(3 * size("num_hidden_layers"))};
}

void ConfigFields::only(std::string_view key, const Json& value) const {
    const Json* const found = find(key);
    if (found == nullptr || found->is_null() || *found == value) return;
    const std::string place = where() + ": " + std::string(key);
    if (found->is_string()) fail(place, "'" + shown(found->get<std::string>()) + "'", plain_text(value));
    fail(place, shown(found->dump()), plain_text(value));
}

std::vector<std::string> ConfigFields::layer_kinds(std::initializer_list<std::string_view> known) const {
    const std::int64_t layers = integer("num_hidden_layers", 1, most_layers);
    std::vector<std::string> kinds = strings("layer_types");
    if (!kinds.empty() && kinds.size() != static_cast<std::size_t>(layers))
        fail(where() + ": layer_types", std::to_string(kinds.size()) + " layers", std::to_string(layers));
    std::string names;
    for (const std::string_view kind : known) names.append(names.empty() ? "" : " or ").append(kind);
    for (const std::string& kind : kinds)
        if (std::find(known.begin(), known.end(), kind) == known.end())
            fail(where() + ": layer_types", "'" + shown(kind) + "'", names);
    return kinds;
}

std::vector<std::int64_t> ConfigFields::windows(
    std::int64_t window, const std::function<bool(std::int64_t layer)>& slides) const {
    const std::int64_t layers = integer("num_hidden_layers", 1, most_layers);
    const std::vector<std::string> kinds = layer_kinds({"sliding_attention", "full_attention"});
    std::vector<std::int64_t> found;
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        const bool sliding =
            kinds.empty() ? slides(layer) : kinds[static_cast<std::size_t>(layer)] == "sliding_attention";
        found.push_back(sliding ? window : 0);
    }
    return found;
}

std::vector<bool> ConfigFields::flags(
    std::string_view key, const std::function<bool(std::int64_t layer)>& otherwise) const {
    const std::int64_t layers = integer("num_hidden_layers", 1, most_layers);
    const Json* const list = find(key);
    const bool there = list != nullptr && !list->is_null();
    if (there && (!list->is_array() || list->size() != static_cast<std::size_t>(layers)))
        fail(where() + ": " + std::string(key), shown(list->dump()), "a 0 or 1 for each layer");
    std::vector<bool> found;
    for (std::int64_t layer = 0; layer < layers; ++layer)
        found.push_back(there ? list->at(static_cast<std::size_t>(layer)) == 1 : otherwise(layer));
    return found;
}

DecoderParts decoder_parts(
    const ConfigFields& config, const Weights& weights, const NormSettings& norm, const HeadSettings& head) {
    const Dialect& names = weights.dialect();
    const std::int64_t width = config.size("hidden_size"), vocabulary = config.size("vocab_size");
    DecoderParts parts{.weights = weights};
    parts.embedding = weights.matrix(std::string(names.embedding), {vocabulary, width});
    parts.norm = Norm({weights}, std::string(names.norm), width, norm);
    if (!config.boolean_or("tie_word_embeddings", head.tied))
        parts.head = weights.linear(std::string(names.head), width, vocabulary, head.bias);
    parts.context_length = config.size_or("max_position_embeddings", 2048);
    return parts;
}

LearnedPositions learned_positions(
    const ConfigFields& config, const Weights& weights, const std::string& name, std::int64_t offset) {
    const std::string path = name + ".weight";
    return {path,
        weights.tensor(path, {offset + config.size("max_position_embeddings"), config.size("hidden_size")}),
        offset};
}

GatedBlock gated_block(const ConfigFields& config, const NormSettings& norm, std::int64_t head_size) {
    return {.width = config.size("hidden_size"),
        .inner = config.size("intermediate_size"),
        .heads = config.heads(head_size),
        .norm = norm};
}

void add_fields_as(Json& config, std::initializer_list<std::pair<const char*, const char*>> names) {
    for (const auto& [own, usual] : names)
        if (config.contains(own) && !config.contains(usual)) config[usual] = config[own];
}

void lift_text_config(Json& config) {
    const auto found = config.find("text_config");
    if (found == config.end() || !found->is_object()) return;
    const Json text = *found;
    for (const auto& [key, value] : text.items()) {
        const bool whole = key == "tie_word_embeddings" && config.contains(key);
        if (!whole) config[key == "model_type" ? "text_model_type" : key] = value;
    }
}

std::vector<Place> block_places(const ConfigFields& config, const Weights& weights) {
    std::string blocks(weights.dialect().blocks);
    const std::int64_t layers = config.integer("num_hidden_layers", 1, most_layers);
    std::vector<Place> places;
    for (std::int64_t layer = 0; layer < layers; ++layer)
        places.push_back({weights.at(blocks + std::to_string(layer)), layer});
    return places;
}

} // namespace lora
