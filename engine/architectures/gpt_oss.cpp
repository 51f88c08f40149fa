// gpt-oss: biases everywhere, sinks beside the attention's scores, a window in every other layer, experts
// with a clamped gate. Source: OpenAI 2025; names and fields as Hugging Face's GptOssForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/mixture_fields.h"

namespace lora {

namespace {

MixtureSettings mixture(const ConfigFields& config, std::int64_t inner) {
    MixtureSettings settings = mixture_settings(config, inner);
    settings.router = "mlp.router";
    settings.experts.bias = settings.router_bias = true;
    settings.clamped = ClampedGate{
        .alpha = config.positive_or("swiglu_alpha", 1.702), .limit = config.positive_or("swiglu_limit", 7)};
    return settings;
}

std::unique_ptr<Model> make_gpt_oss(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-5)};
    GatedBlock kind = gated_block(config, norm, /*head_size=*/64);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", true);
    kind.mixture = mixture(config, kind.inner);
    const auto windows = config.windows(
        config.size_or_none("sliding_window", 128), [](std::int64_t layer) { return layer % 2 == 0; });
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config, {}, {.rope_theta = 150000}), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(
            kind.pre_norm(block, {.rotary = rotary,
                                     .window = windows[static_cast<std::size_t>(block.layer)],
                                     .dropout = config.attention_dropout(block.layer),
                                     .sinks = block.weights.tensor("self_attn.sinks", {kind.heads.count}),
                                     .sinks_path = block.path_of("self_attn.sinks")}));
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr ExpertDialect gpt_oss_expert_names{.turned = true};

} // namespace

extern const Architecture gpt_oss{
    "gpt_oss", make_gpt_oss, {.model_class = "GptOssForCausalLM", .experts = &gpt_oss_expert_names}};

} // namespace lora
