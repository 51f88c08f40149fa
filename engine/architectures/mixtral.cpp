// Mixtral: Mistral's block with eight experts in the place of the feed-forward branch. Source: Jiang et al.
// 2024; names and fields as Hugging Face's MixtralForCausalLM has them. llama.cpp calls it llama.

#include "engine/architectures/architecture.h"
#include "engine/architectures/mixture_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_mixtral(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    config.only("router_jitter_noise", 0.0);
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-5)};
    GatedBlock kind = gated_block(config, norm);
    kind.mixture = mixture_settings(config, kind.inner);
    const std::int64_t window = config.size_or_none("sliding_window");
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config, {}, {.rope_theta = 1e6}), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(kind.pre_norm(
            block, {.rotary = rotary, .window = window, .dropout = config.attention_dropout(block.layer)}));
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr OldEnding mixtral_endings[] = {{".mlp.gate.weight", ".block_sparse_moe.gate.weight"}};
constexpr ExpertDialect mixtral_expert_names{
    .own = "block_sparse_moe.experts", .gate = "w1", .up = "w3", .down = "w2"};

} // namespace

extern const Architecture mixtral{"mixtral", make_mixtral,
    {.model_class = "MixtralForCausalLM", .old_endings = mixtral_endings, .experts = &mixtral_expert_names}};

} // namespace lora
