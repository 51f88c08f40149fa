#include "engine/architectures/gemma4_layers.h"

#include "engine/error.h"

#include <string>

namespace lora {

namespace {

constexpr std::int64_t usual_head_size = 256, usual_global_head_size = 512, full_layer_every = 6;

// Throws Error where no attention could have them.
void need_heads(const Heads& heads, const std::string& where) {
    if (heads.count % heads.kv_count != 0)
        fail(where + ": num_key_value_heads", std::to_string(heads.kv_count),
            "a divisor of num_attention_heads " + std::to_string(heads.count));
    if (heads.size % 2 != 0) fail(where + ": head_dim", std::to_string(heads.size), "an even number");
}

// The last layer attends to all of the text, whatever the file says of it.
std::vector<bool> sliding_layers(const ConfigFields& config) {
    const std::vector<std::string> kinds = config.layer_kinds({"sliding_attention", "full_attention"});
    std::vector<bool> slides;
    const std::int64_t layers = config.size("num_hidden_layers");
    for (std::int64_t layer = 0; layer < layers; ++layer)
        slides.push_back(kinds.empty() ? (layer + 1) % full_layer_every != 0
                                       : kinds[static_cast<std::size_t>(layer)] == "sliding_attention");
    slides.back() = false;
    return slides;
}

// As transformers writes it: fields of some layers by their numbers.
Heads heads_of_layer(const ConfigFields& config, const Heads& usual, std::int64_t layer) {
    const JsonFields all = config.object("per_layer_config");
    const std::string number = std::to_string(layer);
    Heads heads = usual;
    if (!all.has(number)) return heads;
    const ConfigFields own(*all.find(number), all.where() + ": " + number);
    for (const auto& [key, value] : all.find(number)->items())
        if (key != "head_dim" && key != "num_key_value_heads")
            fail(own.where() + ": " + shown(key), shown(value.dump()),
                "none: layers differ in head_dim and num_key_value_heads alone");
    heads.size = own.size_or("head_dim", usual.size);
    heads.kv_count = own.size_or("num_key_value_heads", usual.kv_count);
    need_heads(heads, own.where());
    return heads;
}

// As the published files have it.
Heads global_heads(const ConfigFields& config, const Heads& usual, bool keys_are_values) {
    Heads heads = usual;
    heads.size = config.size_or("global_head_dim", usual_global_head_size);
    if (keys_are_values && !config.is_null("num_global_key_value_heads"))
        heads.kv_count = config.size_or("num_global_key_value_heads", usual.kv_count);
    need_heads(heads, config.where() + ": global heads");
    return heads;
}

void need_one_size_of_a_kind(const ConfigFields& config, const std::vector<Gemma4Layer>& layers) {
    for (const Gemma4Layer& layer : layers)
        for (const Gemma4Layer& other : layers)
            if (layer.slides == other.slides
                && (layer.heads.size != other.heads.size || layer.heads.kv_count != other.heads.kv_count))
                fail(config.where() + ": per_layer_config", "layers of one kind with other heads",
                    "the same heads in all layers of a kind");
}

// The last layers see what the last one before them of their kind sees.
void lend(const ConfigFields& config, std::vector<Gemma4Layer>& layers) {
    constexpr const char* key = "num_kv_shared_layers";
    const auto count = static_cast<std::int64_t>(layers.size());
    const std::int64_t shared = config.integer_or(key, 0, 0, count - 1);
    for (std::int64_t layer = count - shared; layer < count; ++layer) {
        Gemma4Layer& own = layers[static_cast<std::size_t>(layer)];
        std::int64_t lender = count - shared - 1;
        while (lender >= 0 && layers[static_cast<std::size_t>(lender)].slides != own.slides) --lender;
        if (lender < 0)
            fail(config.where() + ": " + key, std::to_string(shared),
                "so few that a layer of each kind has keys and values of its own");
        own.lender = lender;
        own.keys_are_values = false; // it has neither
    }
}

} // namespace

std::vector<Gemma4Layer> gemma4_layers(const ConfigFields& config) {
    const Heads usual = config.heads(usual_head_size);
    const bool keys_are_values = config.boolean_or("attention_k_eq_v", false);
    const bool by_layer = config.has("per_layer_config");
    std::vector<Gemma4Layer> layers;
    for (const bool slides : sliding_layers(config)) {
        Gemma4Layer layer{.slides = slides, .heads = usual, .keys_are_values = keys_are_values && !slides};
        if (by_layer)
            layer.heads = heads_of_layer(config, usual, static_cast<std::int64_t>(layers.size()));
        else if (!slides)
            layer.heads = global_heads(config, usual, keys_are_values);
        layers.push_back(layer);
    }
    need_one_size_of_a_kind(config, layers);
    lend(config, layers);
    return layers;
}

} // namespace lora
