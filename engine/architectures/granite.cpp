// Granite 3, dense and with a mixture of experts in the place of the feed-forward branch: Llama with
// multipliers of the embedding, the scores, each branch and the logits. Source: IBM Granite Team 2024; names
// and fields as Hugging Face's GraniteForCausalLM and GraniteMoeForCausalLM have them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/architectures/mixture_fields.h"

namespace lora {

namespace {

// `add_own` says what the block has in the place of its feed-forward branch.
std::unique_ptr<Model> granite_with(const Json& json, const Weights& weights, const at::Device& device,
    void (*add_own)(GatedBlock& kind, const ConfigFields& config)) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    GatedBlock kind = gated_block(config, norm);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    add_own(kind, config);
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

std::unique_ptr<Model> make_granite(const Json& json, const Weights& weights, const at::Device& device) {
    return granite_with(json, weights, device, [](GatedBlock& kind, const ConfigFields& config) {
        kind.mlp_bias = config.boolean_or("mlp_bias", false);
    });
}

std::unique_ptr<Model> make_granitemoe(const Json& json, const Weights& weights, const at::Device& device) {
    return granite_with(json, weights, device, [](GatedBlock& kind, const ConfigFields& config) {
        kind.mixture = mixture_settings(config, kind.inner);
        kind.mixture->router = "block_sparse_moe.router";
    });
}

constexpr FieldPair granite_fields[] = {{"attention.scale", "attention_multiplier"},
    {"embedding_scale", "embedding_multiplier"}, {"residual_scale", "residual_multiplier"},
    {"logit_scale", "logits_scaling"}};

constexpr OldEnding granitemoe_endings[] = {{".router.weight", ".router.layer.weight"}};
constexpr ExpertDialect granitemoe_expert_names{.container = "block_sparse_moe.experts",
    .own = "block_sparse_moe.experts",
    .all_gate_up = "block_sparse_moe.input_linear",
    .all_down = "block_sparse_moe.output_linear"};

} // namespace

extern const Architecture granite{"granite", make_granite,
    {.model_class = "GraniteForCausalLM",
        .gguf = {.architecture = "granite",
            .outside = decoder_names,
            .inside = gated_block_names,
            .interleaves_rows = true,
            .fields = granite_fields}}};

extern const Architecture granitemoe{"granitemoe", make_granitemoe,
    {.model_class = "GraniteMoeForCausalLM",
        .old_endings = granitemoe_endings,
        .experts = &granitemoe_expert_names}};

} // namespace lora
