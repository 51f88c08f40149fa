// DeepSeek V3 and R1: latent attention, a few dense blocks, then mixtures whose router scores by sigmoid and
// chooses among groups of experts, beside experts that all tokens have. The blocks for several tokens at once
// (num_nextn_predict_layers) are left out, as transformers does. Source: DeepSeek-AI 2024; names and fields
// as Hugging Face's DeepseekV3ForCausalLM has them. PEFT's all-linear adapts attention, routers and the
// experts that are chosen; the dense branches and the experts of all tokens stay as they are here too.

#include "engine/architectures/architecture.h"
#include "engine/architectures/mixture_fields.h"
#include "engine/blocks/latent_attention.h"
#include "engine/error.h"

#include <cmath>

namespace lora {

namespace {

constexpr std::int64_t most_experts = 4096, most_layers_without = 4096;

/// Scaled positions may scale the scores too, by the square of what YaRN grows by.
double score_scale(const ConfigFields& config, std::int64_t head_size) {
    const double usual = 1 / std::sqrt(static_cast<double>(head_size));
    const char* const key = config.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
    if (!config.has(key)) return usual;
    const JsonFields scaling = config.object(key);
    const std::string kind = scaling.string_or("rope_type", scaling.string_or("type", "default"));
    const double of_all = scaling.number_or("mscale_all_dim", 0);
    if (kind == "default" || of_all == 0) return usual;
    const double factor = scaling.number("factor");
    const double growth = factor <= 1 ? 1 : 0.1 * of_all * std::log(factor) + 1;
    return usual * growth * growth;
}

LatentSettings latent_settings(const ConfigFields& config, const at::Device& device) {
    LatentSettings settings{.width = config.size("hidden_size"),
        .heads = config.size("num_attention_heads"),
        .content = config.size_or("qk_nope_head_dim", 128),
        .turned = config.size_or("qk_rope_head_dim", 64),
        .value = config.size_or("v_head_dim", 128),
        .query_rank = config.size_or_none("q_lora_rank", 1536),
        .key_rank = config.size_or("kv_lora_rank", 512),
        .bias = config.boolean_or("attention_bias", false)};
    config.only("num_key_value_heads", settings.heads);
    if (settings.turned % 2 != 0)
        fail(config.where() + ": qk_rope_head_dim", std::to_string(settings.turned), "an even number");
    settings.scale = score_scale(config, settings.head_size());
    const RotaryPairs pairs =
        config.boolean_or("rope_interleave", true) ? RotaryPairs::Neighbours : RotaryPairs::Halves;
    settings.rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config), settings.turned, at::Tensor(), device, pairs);
    return settings;
}

MixtureSettings corrected_mixture(const ConfigFields& config) {
    config.only("scoring_func", "sigmoid");
    config.only("topk_method", "noaux_tc");
    config.only("moe_layer_freq", 1);
    const std::int64_t inner = config.size_or("moe_intermediate_size", 2048);
    MixtureSettings settings = mixture_settings(config, inner);
    const std::int64_t count = settings.experts.count;
    CorrectedChoice choice{.groups = config.size_or("n_group", 8),
        .normed = config.boolean_or("norm_topk_prob", true),
        .scale = config.positive_or("routed_scaling_factor", 2.5)};
    choice.chosen_groups = config.size_or("topk_group", 4);
    if (choice.chosen_groups > choice.groups)
        fail(config.where() + ": topk_group", std::to_string(choice.chosen_groups),
            "at most the " + std::to_string(choice.groups) + " groups of n_group");
    const std::int64_t in_group = count / choice.groups;
    if (count % choice.groups != 0 || in_group < 2)
        fail(config.where() + ": n_group", std::to_string(choice.groups),
            "a divisor of the " + std::to_string(count) + " experts, with two or more in each group");
    if (settings.chosen > choice.chosen_groups * in_group)
        fail(config.where() + ": num_experts_per_tok", std::to_string(settings.chosen),
            "at most the " + std::to_string(choice.chosen_groups * in_group)
                + " experts of topk_group groups");
    settings.corrected = choice;
    if (const std::int64_t shared = config.integer_or("n_shared_experts", 1, 0, most_experts); shared > 0)
        settings.shared = {.path = "mlp.shared_experts", .inner = inner * shared};
    return settings;
}

std::unique_ptr<Model> make_deepseek_v3(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    const LatentSettings latent = latent_settings(config, device);
    const MixtureSettings mixture = corrected_mixture(config);
    const std::int64_t dense = config.integer_or("first_k_dense_replace", 3, 0, most_layers_without);
    const std::int64_t inner = config.size("intermediate_size");
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& place : block_places(config, weights)) {
        LatentSettings own = latent;
        own.dropout = config.attention_dropout(place.layer);
        Block block;
        block.attention.before = Norm(place, "input_layernorm", latent.width, norm);
        block.attention.whole = std::make_unique<LatentAttention>(place.at("self_attn"), std::move(own));
        block.attention.phase = Phase::Attention;
        block.mlp.before = Norm(place, "post_attention_layernorm", latent.width, norm);
        if (place.layer < dense)
            block.mlp.whole =
                std::make_unique<GatedLinears>(place.at("mlp"), latent.width, inner, Activation::Silu);
        else
            block.mlp.whole = std::make_unique<MixtureOfExperts>(place, mixture);
        parts.blocks.each.push_back(std::move(block));
    }
    return std::make_unique<Decoder>(std::move(parts));
}

void add_deepseek_usual_fields(Json& config) { add_fields_as(config, {{"n_routed_experts", "num_experts"}}); }

constexpr ExpertDialect deepseek_expert_names{};

} // namespace

extern const Architecture deepseek_v3{"deepseek_v3", make_deepseek_v3,
    {.model_class = "DeepseekV3ForCausalLM",
        .add_usual_fields = add_deepseek_usual_fields,
        .experts = &deepseek_expert_names}};

} // namespace lora
