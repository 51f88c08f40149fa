// Phi 3 and 4: Llama's block with one linear for query, key and value and one for gate and up, a sliding
// window, and rotary positions of a part of each head. Source: Abdin et al. 2024; names and fields as Hugging
// Face's Phi3ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"
#include "engine/error.h"
#include "engine/files/gguf_blocks.h"

#include <cstdint>
#include <vector>

namespace lora {

namespace {

std::unique_ptr<Model> make_phi3(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    config.only("embd_pdrop", 0);
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads();
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-5)};
    const std::int64_t window = config.size_or_none("sliding_window");
    const auto rotary =
        std::make_shared<const Rotary>(RotaryConfig::from_json(config), heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attn"), mlp = block.at("mlp");
        parts.blocks.each.push_back(
            {.attention = {.before = Norm(block, "input_layernorm", width, norm),
                 .wide = {attention, width, {{"qkv_proj", heads.queries() + 2 * heads.keys()}}},
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                     AttentionSettings{.rotary = rotary,
                         .window = window,
                         .dropout = config.attention_dropout(block.layer)}),
                 .last = {attention, heads.queries(), {{"o_proj", width}}},
                 .dropout = config.output_dropout(block.layer, Half::Attention, "resid_pdrop"),
                 .phase = Phase::Attention},
                .mlp = {.before = Norm(block, "post_attention_layernorm", width, norm),
                    .wide = {mlp, width, {{"gate_up_proj", 2 * inner}}},
                    .middle = std::make_unique<Gate>(Activation::Silu),
                    .last = {mlp, inner, {{"down_proj", width}}},
                    .dropout = config.output_dropout(block.layer, Half::Mlp, "resid_pdrop")}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr NamePair phi3_block_names[] = {{"input_layernorm.", "attn_norm."},
    {"self_attn.qkv_proj.", "attn_qkv."}, {"self_attn.o_proj.", "attn_output."},
    {"post_attention_layernorm.", "ffn_norm."}, {"mlp.gate_up_proj.", "ffn_up."},
    {"mlp.down_proj.", "ffn_down."}};

Json numbers_of(const GgufFile& file, const char* name) {
    const GgufTensor* const tensor = file.find(name);
    constexpr std::int64_t most_factors = 1 << 16;
    if (tensor == nullptr || tensor->type != BlockType::F32 || tensor->shape.size() != 1
        || tensor->shape[0] > most_factors)
        fail(file.path() + ": tensor '" + name + "'", "none, or another type or shape", "F32 factors");
    std::vector<float> values(static_cast<std::size_t>(tensor->shape[0]));
    dequantize(tensor->type, tensor->bytes, values);
    return values;
}

// Factors for long contexts stand in tensors, with or without a word of them in the metadata.
void add_scaling(Json& config, const GgufFile& file) {
    if (file.find("rope_factors_long.weight") == nullptr) return;
    Json scaling{{"rope_type", "longrope"}, {"short_factor", numbers_of(file, "rope_factors_short.weight")},
        {"long_factor", numbers_of(file, "rope_factors_long.weight")}};
    const std::string at = "phi3.rope.scaling.", original = at + "original_context_length",
                      magnitude = at + "attn_factor";
    if (file.metadata(original) != nullptr)
        scaling["original_max_position_embeddings"] = file.number(original);
    if (file.metadata(magnitude) != nullptr) scaling["attention_factor"] = file.number(magnitude);
    config["rope_scaling"] = scaling;
}

} // namespace

extern const Architecture phi3{"phi3", make_phi3,
    {.model_class = "Phi3ForCausalLM",
        .gguf = {.architecture = "phi3",
            .outside = decoder_names,
            .inside = phi3_block_names,
            .add_fields = add_scaling,
            .has_windows = true,
            .rope_factors = RopeFactors::ByLength}}};

} // namespace lora
