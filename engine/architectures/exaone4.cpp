// EXAONE 4: norms after each branch of a block and of each head of query and key; where there is a sliding
// window, the layers without one have no positions. Source: LG AI Research 2025; names and fields as Hugging
// Face's Exaone4ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

#include <algorithm>

namespace lora {

namespace {

std::unique_ptr<Model> make_exaone4(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-5)};
    const GatedBlock kind = gated_block(config, norm);
    const std::int64_t window = config.size_or_none("sliding_window", 4096);
    const Json* const told = config.find("sliding_window_pattern");
    if (told != nullptr && told->is_string()) config.only("sliding_window_pattern", "LLLG");
    const std::int64_t pattern = told != nullptr && told->is_number() ? std::max<std::int64_t>(
                                     1, config.integer("sliding_window_pattern", 0, 4096))
                                                                      : 4;
    const auto windows =
        config.windows(window, [&](std::int64_t layer) { return window > 0 && (layer + 1) % pattern != 0; });
    const auto rotary = std::make_shared<const Rotary>(RotaryConfig::from_json(config), kind.heads.size,
        weights.optional_tensor("rope_freqs.weight", {kind.heads.size / 2}), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights)) {
        const std::int64_t own = windows[static_cast<std::size_t>(block.layer)];
        parts.blocks.each.push_back(
            kind.post_norm(block, {.rotary = window == 0 || own > 0 ? rotary : nullptr,
                                      .window = own,
                                      .query_norm = Norm(block, "self_attn.q_norm", kind.heads.size, norm),
                                      .key_norm = Norm(block, "self_attn.k_norm", kind.heads.size, norm),
                                      .dropout = config.attention_dropout(block.layer)}));
    }
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace

extern const Architecture exaone4{"exaone4", make_exaone4,
    {.model_class = "Exaone4ForCausalLM",
        .gguf = {.architecture = "exaone4",
            .outside = decoder_names,
            .inside = normed_block_names,
            .has_windows = true,
            .rope_factors = RopeFactors::One}}};

} // namespace lora
