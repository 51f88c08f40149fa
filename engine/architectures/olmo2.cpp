// OLMo 2: norms after each branch of a block alone, and of query and key, each over all its heads. Source:
// OLMo Team 2025; names and fields as Hugging Face's Olmo2ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_olmo2(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    config.only("sliding_window", nullptr); // OLMo 3, as llama.cpp writes it
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-5)};
    GatedBlock kind = gated_block(config, norm);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(kind.post_norm(
            block, {.rotary = rotary,
                       .query_norm = Norm(block, "self_attn.q_norm", kind.heads.queries(), norm),
                       .key_norm = Norm(block, "self_attn.k_norm", kind.heads.keys(), norm),
                       .dropout = config.attention_dropout(block.layer)}));
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace

extern const Architecture olmo2{"olmo2", make_olmo2,
    {.model_class = "Olmo2ForCausalLM",
        .gguf = {.architecture = "olmo2", .outside = decoder_names, .inside = normed_block_names}}};

} // namespace lora
