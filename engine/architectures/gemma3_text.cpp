// Gemma 3's text models, alone and with others for pictures: Gemma 2 without caps, with norms of query and
// key, and five layers with a window and rotary positions of their own to one that sees all. Source: Gemma
// Team 2025; names and fields as Hugging Face's Gemma3ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

#include <cmath>

namespace lora {

namespace {

std::unique_ptr<Model> make_gemma3_text(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("use_bidirectional_attention", false);
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6), .offset = 1};
    GatedBlock kind = gated_block(config, norm, /*head_size=*/256);
    kind.activation = config.activation("hidden_activation", "gelu_pytorch_tanh");
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    const double scale = 1 / std::sqrt(config.positive_or("query_pre_attn_scalar", 256));
    const double softcap = config.softcap("attn_logit_softcapping", 0);
    const std::int64_t pattern = config.size_or("sliding_window_pattern", 6);
    const auto windows = config.windows(config.size_or_none("sliding_window", 4096),
        [&](std::int64_t layer) { return (layer + 1) % pattern != 0; });
    const bool kinds = config.has("rope_parameters");
    RotaryConfig near{.rope_theta = config.positive_or("rope_local_base_freq", 10000)};
    if (kinds) near = RotaryConfig::from_json(config, "sliding_attention", near);
    const RotaryConfig far =
        RotaryConfig::from_json(config, kinds ? "full_attention" : "", RotaryConfig{.rope_theta = 1e6});
    const auto rotary = std::make_shared<const Rotary>(far, kind.heads.size, at::Tensor(), device);
    const auto window_rotary = std::make_shared<const Rotary>(near, kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    parts.embedding_multiplier = std::sqrt(static_cast<double>(kind.width));
    parts.logit_end.softcap = config.softcap("final_logit_softcapping", 0);
    for (const Place& block : block_places(config, weights)) {
        const std::int64_t window = windows[static_cast<std::size_t>(block.layer)];
        parts.blocks.each.push_back(kind.sandwich_norm(
            block, {.rotary = window > 0 ? window_rotary : rotary,
                       .scale = scale,
                       .softcap = softcap,
                       .window = window,
                       .query_norm = Norm(block, "self_attn.q_norm", kind.heads.size, norm),
                       .key_norm = Norm(block, "self_attn.k_norm", kind.heads.size, norm),
                       .dropout = config.attention_dropout(block.layer)}));
    }
    return std::make_unique<Decoder>(std::move(parts));
}

// GGUF has no query_pre_attn_scalar: llama.cpp knows of the largest one that it is another than the head's
// size.
void add_gemma3_text_scale(Json& config, const GgufFile& /*file*/) {
    constexpr int layers_of_27b = 62;
    const bool largest = config["num_hidden_layers"] == layers_of_27b;
    config["query_pre_attn_scalar"] =
        largest ? config["hidden_size"].get<int>() / config["num_attention_heads"].get<int>()
                : config["head_dim"].get<int>();
}

} // namespace

extern const Architecture gemma3_text{"gemma3_text", make_gemma3_text,
    {.model_class = "Gemma3ForCausalLM",
        .gguf = {.architecture = "gemma3",
            .outside = decoder_names,
            .inside = normed_block_names,
            .added_to_norms = 1,
            .add_fields = add_gemma3_text_scale,
            .has_windows = true}}};

/// With pictures, which are left out.
extern const Architecture gemma3{"gemma3", make_gemma3_text,
    text_part_dialect("Gemma3ForConditionalGeneration", {.architecture = "gemma3",
                                                            .outside = text_part_names,
                                                            .inside = normed_block_names,
                                                            .added_to_norms = 1,
                                                            .add_fields = add_gemma3_text_scale,
                                                            .has_windows = true})};

} // namespace lora
