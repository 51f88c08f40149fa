// Mistral: Llama's block with a sliding window in every layer, and heads of a size of their own. Source:
// Jiang et al. 2023; names and fields as Hugging Face's MistralForCausalLM has them. llama.cpp calls it
// llama.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/error.h"

#include <string>

namespace lora {

namespace {

std::unique_ptr<Model> make_mistral(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    const GatedBlock kind = gated_block(config, norm);
    const std::int64_t window = config.size_or_none("sliding_window", 4096);
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(kind.pre_norm(
            block, {.rotary = rotary, .window = window, .dropout = config.attention_dropout(block.layer)}));
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace

extern const Architecture ministral3; // in its own file

namespace {

std::unique_ptr<Model> make_mistral_text_part(
    const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    const std::string type = config.string_or("text_model_type", "mistral");
    if (type != "mistral" && type != "ministral3")
        fail(config.where() + ": text_config: model_type", "'" + shown(type) + "'", "mistral or ministral3");
    return (type == "mistral" ? make_mistral : ministral3.make)(json, weights, device);
}

} // namespace

extern const Architecture mistral{"mistral", make_mistral,
    {.model_class = "MistralForCausalLM",
        .gguf = {.architecture = "llama",
            .outside = decoder_names,
            .inside = gated_block_names,
            .interleaves_rows = true}}};

/// With pictures, which are left out.
extern const Architecture mistral3{
    "mistral3", make_mistral_text_part, text_part_dialect("Mistral3ForConditionalGeneration")};

} // namespace lora
