// Granite 3 with experts: its dense block and multipliers, a mixture in the place of the feed-forward branch.
// Source: IBM Granite Team 2024; names and fields as Hugging Face's GraniteMoeForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/mixture_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_granitemoe(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    GatedBlock kind = gated_block(config, norm);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    kind.mixture = mixture_settings(config, kind.inner);
    kind.mixture->router = "block_sparse_moe.router";
    const double multiplier = config.positive_or("residual_multiplier", 1);
    const double scale = config.positive_or("attention_multiplier", 1);
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    parts.embedding_multiplier = config.positive_or("embedding_multiplier", 1);
    parts.logit_end.scale = 1 / config.positive_or("logits_scaling", 1);
    for (const Place& block : block_places(config, weights)) {
        parts.blocks.each.push_back(kind.pre_norm(
            block, {.rotary = rotary, .scale = scale, .dropout = config.attention_dropout(block.layer)}));
        parts.blocks.each.back().attention.multiplier = multiplier;
        parts.blocks.each.back().mlp.multiplier = multiplier;
    }
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr OldEnding granitemoe_endings[] = {{".router.weight", ".router.layer.weight"}};
constexpr ExpertDialect granitemoe_expert_names{.container = "block_sparse_moe.experts",
    .own = "block_sparse_moe.experts",
    .all_gate_up = "block_sparse_moe.input_linear",
    .all_down = "block_sparse_moe.output_linear"};

} // namespace

extern const Architecture granitemoe{"granitemoe", make_granitemoe,
    {.model_class = "GraniteMoeForCausalLM",
        .old_endings = granitemoe_endings,
        .experts = &granitemoe_expert_names}};

} // namespace lora
