// Ministral 3: Mistral's block, rotary positions scaled by YaRN, and queries that grow with their position
// beyond the length of the first training. Names and fields as Hugging Face's Ministral3ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_ministral3(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-5)};
    const GatedBlock kind = gated_block(config, norm, /*head_size=*/128);
    const std::int64_t window = config.size_or_none("sliding_window");
    if (!config.has("rope_scaling")) config.object("rope_parameters"); // throws: there is no usual scaling
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config, "", {.rope_theta = 1e6}), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(kind.pre_norm(
            block, {.rotary = rotary, .window = window, .dropout = config.attention_dropout(block.layer)}));
    return std::make_unique<Decoder>(std::move(parts));
}

// What llama.cpp's converter keeps apart from the other words of the scaling.
void add_ministral3_fields(Json& config, const GgufFile& file) {
    Json& scaling = config["rope_scaling"];
    scaling["llama_4_scaling_beta"] = file.number_or("mistral3.attention.temperature_scale", 0);
    const double scale = file.number_or("mistral3.rope.scaling.yarn_log_multiplier", 0);
    if (scale != 0) scaling["mscale"] = scaling["mscale_all_dim"] = scale;
}

void add_ministral3_keys(GgufFields& metadata, const Json& config) {
    const char* const key = config.contains("rope_scaling") ? "rope_scaling" : "rope_parameters";
    for (const auto& [field, name] :
        {std::pair{"llama_4_scaling_beta", "mistral3.attention.temperature_scale"},
            {"mscale_all_dim", "mistral3.rope.scaling.yarn_log_multiplier"}})
        if (const Json number = config.at(key).value(field, Json()); number.is_number())
            metadata.emplace_back(name, number.get<float>());
}

} // namespace

extern const Architecture ministral3{"ministral3", make_ministral3,
    {.model_class = "Ministral3ForCausalLM",
        .gguf = {.architecture = "mistral3",
            .outside = decoder_names,
            .inside = gated_block_names,
            .interleaves_rows = true,
            .add_fields = add_ministral3_fields,
            .add_keys = add_ministral3_keys}}};

} // namespace lora
