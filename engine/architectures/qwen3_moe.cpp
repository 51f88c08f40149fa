// Qwen 3 with experts: its dense block, whose feed-forward branch is a mixture in every layer. Source: Yang
// et al. 2025; names and fields as Hugging Face's Qwen3MoeForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/mixture_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_qwen3_moe(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    config.only("decoder_sparse_step", 1); // PEFT has no adapter of blocks without experts between them
    config.only("mlp_only_layers", Json::array());
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    GatedBlock kind = gated_block(config, norm, /*head_size=*/128);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    kind.mixture = mixture_settings(config, config.size_or("moe_intermediate_size", 768));
    kind.mixture->among_chosen = config.boolean_or("norm_topk_prob", false);
    const std::int64_t window =
        config.boolean_or("use_sliding_window", false) ? config.size_or_none("sliding_window", 4096) : 0;
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(
            kind.pre_norm(block, {.rotary = rotary,
                                     .window = window,
                                     .query_norm = Norm(block, "self_attn.q_norm", kind.heads.size, norm),
                                     .key_norm = Norm(block, "self_attn.k_norm", kind.heads.size, norm),
                                     .dropout = config.attention_dropout(block.layer)}));
    return std::make_unique<Decoder>(std::move(parts));
}

void add_fields(Json& config, const GgufFile& file) {
    add_experts(config, file);
    config["norm_topk_prob"] = true; // llama.cpp knows no other
}

constexpr ExpertDialect qwen3_moe_expert_names{};

} // namespace

extern const Architecture qwen3_moe{"qwen3_moe", make_qwen3_moe,
    {.model_class = "Qwen3MoeForCausalLM",
        .gguf = {.architecture = "qwen3moe",
            .outside = decoder_names,
            .inside = mixture_block_names,
            .add_fields = add_fields},
        .experts = &qwen3_moe_expert_names}};

} // namespace lora
