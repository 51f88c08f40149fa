// Gemma 2: Gemma with norms before and after each branch of a block, capped scores and logits, and a sliding
// window in every other layer. Source: Gemma Team 2024; names and fields as Hugging Face's Gemma2ForCausalLM
// has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

#include <cmath>

namespace lora {

namespace {

std::unique_ptr<Model> make_gemma2(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("use_bidirectional_attention", false);
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6), .offset = 1};
    GatedBlock kind = gated_block(config, norm, /*head_size=*/256);
    kind.activation = config.activation("hidden_activation", "gelu_pytorch_tanh");
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    const double scale = 1 / std::sqrt(config.positive_or("query_pre_attn_scalar", 256));
    const double softcap = config.softcap("attn_logit_softcapping", 50);
    const auto windows = config.windows(
        config.size_or_none("sliding_window", 4096), [](std::int64_t layer) { return layer % 2 == 0; });
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    parts.embedding_multiplier = std::sqrt(static_cast<double>(kind.width));
    parts.logit_end.softcap = config.softcap("final_logit_softcapping", 30);
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(
            kind.sandwich_norm(block, {.rotary = rotary,
                                          .scale = scale,
                                          .softcap = softcap,
                                          .window = windows[static_cast<std::size_t>(block.layer)],
                                          .dropout = config.attention_dropout(block.layer)}));
    return std::make_unique<Decoder>(std::move(parts));
}

// GGUF has no query_pre_attn_scalar: llama.cpp knows of the largest one that it is another than the head's
// size.
void add_gemma2_scale(Json& config, const GgufFile& /*file*/) {
    constexpr int layers_of_27b = 46;
    const bool largest = config["num_hidden_layers"] == layers_of_27b;
    config["query_pre_attn_scalar"] =
        largest ? config["hidden_size"].get<int>() / config["num_attention_heads"].get<int>()
                : config["head_dim"].get<int>();
}

} // namespace

extern const Architecture gemma2{"gemma2", make_gemma2,
    {.model_class = "Gemma2ForCausalLM",
        .gguf = {.architecture = "gemma2",
            .outside = decoder_names,
            .inside = normed_block_names,
            .added_to_norms = 1,
            .add_fields = add_gemma2_scale,
            .has_windows = true}}};

} // namespace lora
