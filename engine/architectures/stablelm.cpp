// StableLM: LayerNorm, SwiGLU, rotary positions of a part of each head, both branches of a block in parallel
// where the configuration says so. Source: Bellagente et al. 2024; names and fields as Hugging Face's
// StableLmForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

#include <utility>

namespace lora {

namespace {

std::unique_ptr<Model> make_stablelm(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("qk_layernorm", false);
    const NormSettings norm{
        .kind = NormSettings::Kind::Layer, .epsilon = config.number_or("layer_norm_eps", 1e-5)};
    GatedBlock kind = gated_block(config, norm);
    kind.activation = config.activation("hidden_act", "silu");
    kind.input_bias = config.boolean_or("use_qkv_bias", false);
    const bool parallel = config.boolean_or("use_parallel_residual", false);
    const double dropout = config.probability("hidden_dropout", 0);
    const std::int64_t layers = config.size("num_hidden_layers");
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config, {}, {.partial = 0.25}), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights)) {
        AttentionSettings attention{.rotary = rotary, .dropout = config.attention_dropout(block.layer)};
        parts.blocks.each.push_back(parallel ? kind.parallel(block, std::move(attention))
                                             : kind.pre_norm(block, std::move(attention)));
        parts.blocks.each.back().mlp.dropout = {dropout, static_cast<std::uint64_t>(layers + block.layer)};
    }
    return std::make_unique<Decoder>(std::move(parts));
}

void add_flags(Json& config, const GgufFile& file) {
    config["use_qkv_bias"] = file.find("blk.0.attn_q.bias") != nullptr;
    config["use_parallel_residual"] = file.find("blk.0.ffn_norm.weight") == nullptr;
}

} // namespace

extern const Architecture stablelm{"stablelm", make_stablelm,
    {.model_class = "StableLmForCausalLM",
        .gguf = {.architecture = "stablelm",
            .outside = decoder_names,
            .inside = gated_block_names,
            .add_fields = add_flags}}};

} // namespace lora
