// OLMoE: a norm of query and key, each over all its heads, and many small experts whose weights are of a
// softmax over all of them. Source: Muennighoff et al. 2024; names and fields as Hugging Face's
// OlmoeForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/mixture_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_olmoe(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    config.only("clip_qkv", nullptr);
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-5)};
    GatedBlock kind = gated_block(config, norm);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    kind.mixture = mixture_settings(config, kind.inner);
    kind.mixture->among_chosen = config.boolean_or("norm_topk_prob", false);
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(kind.pre_norm(
            block, {.rotary = rotary,
                       .query_norm = Norm(block, "self_attn.q_norm", kind.heads.queries(), norm),
                       .key_norm = Norm(block, "self_attn.k_norm", kind.heads.keys(), norm),
                       .dropout = config.attention_dropout(block.layer)}));
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr ExpertDialect olmoe_expert_names{};

} // namespace

extern const Architecture olmoe{"olmoe", make_olmoe,
    {.model_class = "OlmoeForCausalLM",
        .gguf = {.architecture = "olmoe",
            .outside = decoder_names,
            .inside = mixture_block_names,
            .add_fields = add_experts},
        .experts = &olmoe_expert_names}};

} // namespace lora
