// The Llama architecture: RMSNorm, rotary positions, grouped queries, SwiGLU. SmolLM2, TinyLlama, Llama 2
// and 3. Source: Touvron et al. 2023; names and config fields as Hugging Face's LlamaForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_llama(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    GatedBlock kind = gated_block(config, norm);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    kind.mlp_bias = config.boolean_or("mlp_bias", false);
    const auto rotary = std::make_shared<const Rotary>(RotaryConfig::from_json(config), kind.heads.size,
        weights.optional_tensor("rope_freqs.weight", {kind.heads.size / 2}), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(
            kind.pre_norm(block, {.rotary = rotary, .dropout = config.attention_dropout(block.layer)}));
    return std::make_unique<Decoder>(std::move(parts));
}

void add_llama_biases(Json& config, const GgufFile& file) {
    config["attention_bias"] = file.find("blk.0.attn_q.bias") != nullptr;
    config["mlp_bias"] = file.find("blk.0.ffn_gate.bias") != nullptr;
}

} // namespace

extern const Architecture llama{"llama", make_llama,
    {.model_class = "LlamaForCausalLM",
        .gguf = {.architecture = "llama",
            .outside = decoder_names,
            .inside = gated_block_names,
            .interleaves_rows = true,
            .add_fields = add_llama_biases,
            .rope_factors = RopeFactors::One}}};

} // namespace lora
