// Gemma 4: Gemma 3 with inputs of each layer beside the text's, late layers that see the keys and values of
// earlier ones, heads of two sizes, normed values, keys that are the values too in some models, and a number
// that each block's output is multiplied by. Mixtures of experts are not known. Source: Gemma Team 2026;
// names and fields as Hugging Face's Gemma4ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/architectures/gemma4_layers.h"
#include "engine/blocks/activations.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>

namespace lora {

namespace {

constexpr std::int64_t usual_input_size = 256, usual_vocabulary = 262'144, usual_window = 512;

void need_known_fields(const ConfigFields& config) {
    config.only("enable_moe_block", false);
    // Pictures alone are seen both ways with this word, and they are left out.
    config.only("use_bidirectional_attention", "vision");
}

// How many values a layer's own input has; 0: it has none.
std::int64_t layer_input_size(const ConfigFields& config) {
    constexpr const char* key = "hidden_size_per_layer_input";
    return config.is_null(key) ? 0 : config.integer_or(key, usual_input_size, 0, 1 << 20);
}

std::optional<LayerInputs> layer_inputs(
    const ConfigFields& config, const Weights& weights, const NormSettings& norm) {
    const std::int64_t size = layer_input_size(config), vocabulary = config.size("vocab_size");
    if (size == 0) return std::nullopt;
    constexpr const char* key = "vocab_size_per_layer_input";
    const std::int64_t rows = config.size_or(key, usual_vocabulary);
    if (rows < vocabulary)
        fail(config.where() + ": " + key, std::to_string(rows),
            "no fewer than vocab_size " + std::to_string(vocabulary));
    const Dialect& names = weights.dialect();
    std::string root(names.text_part.empty() ? names.base : names.text_part);
    root.pop_back(); // the dot
    return LayerInputs({weights.at(root)},
        {.vocabulary = rows,
            .width = config.size("hidden_size"),
            .layers = config.size("num_hidden_layers"),
            .size = size},
        norm);
}

ResidualBranch layer_input_branch(const Place& block, const GatedBlock& kind, std::int64_t size) {
    return {.wide = {block, kind.width, {{"per_layer_input_gate", size}}},
        .middle = std::make_unique<Gate>(kind.activation),
        .last = {block, size, {{"per_layer_projection", kind.width}}},
        .after = Norm(block, "post_per_layer_input_norm", kind.width, kind.norm),
        .given = size};
}

// Files have them, from a training in which all layers had keys and values of their own.
void leave_out_keys_and_values(const Place& attention) {
    for (const char* name : {"k_proj", "v_proj"})
        for (const char* part : {".weight", ".bias"}) attention.weights.leave_out(name + std::string(part));
    attention.weights.leave_out("k_norm.weight");
}

/// Rotary positions of the layers of a kind, for heads of their size.
std::shared_ptr<const Rotary> rotary_of(const RotaryConfig& config, const std::vector<Gemma4Layer>& layers,
    bool slides, const at::Device& device) {
    const auto layer = std::find_if(
        layers.begin(), layers.end(), [&](const Gemma4Layer& each) { return each.slides == slides; });
    if (layer == layers.end()) return nullptr;
    return std::make_shared<const Rotary>(config, layer->heads.size, at::Tensor(), device);
}

/// What the layers of a kind share.
struct LayerKind {
    std::shared_ptr<const Rotary> rotary;
    std::int64_t window = 0; ///< 0: all of the text
};

Block block_of(const Place& place, const Gemma4Layer& layer, const LayerKind& shared, const GatedBlock& kind,
    const ConfigFields& config) {
    const Place self = place.at("self_attn");
    const bool borrows = layer.lender >= 0;
    const std::int64_t size = layer.heads.size, input_size = layer_input_size(config);
    GatedBlock own = kind;
    own.heads = layer.heads;
    if (borrows && config.boolean_or("use_double_wide_mlp", false)) own.inner *= 2;
    Block block = own.sandwich_norm(
        place, {.rotary = shared.rotary,
                   .scale = 1,
                   .window = shared.window,
                   .query_norm = Norm(self, "q_norm", size, kind.norm),
                   .key_norm = borrows ? Norm() : Norm(self, "k_norm", size, kind.norm),
                   .value_norm = borrows ? Norm() : Norm::without_weight(self, size, kind.norm),
                   .keys_are_values = layer.keys_are_values,
                   .lender = layer.lender,
                   .dropout = config.attention_dropout(place.layer)});
    if (borrows) leave_out_keys_and_values(self);
    if (input_size > 0) block.layer_input = layer_input_branch(place, kind, input_size);
    block.multiplier = place.weights.tensor("layer_scalar", {1});
    return block;
}

std::unique_ptr<Model> make_gemma4(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    need_known_fields(config);
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    GatedBlock kind = gated_block(config, norm, /*head_size=*/256);
    kind.activation = config.activation("hidden_activation", "gelu_pytorch_tanh");
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    const std::vector<Gemma4Layer> layers = gemma4_layers(config);
    const std::int64_t window = config.size_or("sliding_window", usual_window);
    const RotaryConfig near =
        RotaryConfig::from_json(config, "sliding_attention", RotaryConfig{.rope_theta = 1e4});
    const RotaryConfig far = RotaryConfig::from_json(config, "full_attention",
        RotaryConfig{.rope_type = "proportional", .rope_theta = 1e6, .partial = 0.25});
    const LayerKind sliding{rotary_of(near, layers, /*slides=*/true, device), window};
    const LayerKind full{rotary_of(far, layers, /*slides=*/false, device), 0};
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    parts.embedding_multiplier = std::sqrt(static_cast<double>(kind.width));
    parts.logit_end.softcap = config.softcap("final_logit_softcapping", 0);
    parts.layer_inputs = layer_inputs(config, weights, norm);
    for (const Place& place : block_places(config, weights)) {
        const Gemma4Layer& layer = layers[static_cast<std::size_t>(place.layer)];
        parts.blocks.each.push_back(block_of(place, layer, layer.slides ? sliding : full, kind, config));
    }
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace

extern const Architecture gemma4_text{"gemma4_text", make_gemma4, {.model_class = "Gemma4ForCausalLM"}};

/// With pictures and sounds, which are left out.
extern const Architecture gemma4{"gemma4", make_gemma4, text_part_dialect("Gemma4ForConditionalGeneration")};

} // namespace lora
