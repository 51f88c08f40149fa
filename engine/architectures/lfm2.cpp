// LFM2: short convolutions in most blocks, attention in a few, a gate in all. Source: Liquid AI 2025; names
// and fields as Hugging Face's Lfm2ForCausalLM has them, the older ones too.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"
#include "engine/blocks/short_convolution.h"
#include "engine/error.h"

#include <algorithm>

namespace lora {

namespace {

constexpr const char* convolution_kind = "conv";
constexpr const char* attention_kind = "full_attention";
constexpr std::int64_t usual_taps = 3, most_taps = 1024;

// Fields of earlier files that transformers does not read: they say what is so in all of these models.
void need_what_is_known(const ConfigFields& config) {
    for (const char* key : {"block_dim", "conv_dim", "conv_dim_out"})
        config.only(key, config.size("hidden_size"));
    for (const char* key : {"use_pos_enc", "block_use_swiglu"}) config.only(key, true);
}

ResidualBranch convolution_branch(const Place& block, const ConfigFields& config) {
    const Place own = block.at("conv");
    const std::int64_t width = config.size("hidden_size");
    const bool bias = config.boolean_or("conv_bias", false);
    const std::int64_t taps = config.integer_or("conv_L_cache", usual_taps, 1, most_taps);
    return {.wide = {own, width, {{"in_proj", 3 * width}}, bias},
        .middle = std::make_unique<ShortConvolution>(own, "conv", width, taps, bias),
        .last = {own, width, {{"out_proj", width}}, bias},
        .phase = Phase::Attention};
}

ResidualBranch attention_branch(const Place& block, const GatedBlock& kind,
    const std::shared_ptr<const Rotary>& rotary, const NormSettings& norm) {
    const Place own = block.at("self_attn");
    return {.wide = query_key_value(own, kind.width, kind.heads),
        .middle = std::make_unique<GroupedAttention>(kind.heads, block.layer,
            AttentionSettings{.rotary = rotary,
                .query_norm = Norm(own, "q_layernorm", kind.heads.size, norm),
                .key_norm = Norm(own, "k_layernorm", kind.heads.size, norm)}),
        .last = {own, kind.heads.queries(), {{"out_proj", kind.width}}},
        .phase = Phase::Attention};
}

std::unique_ptr<Model> make_lfm2(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    need_what_is_known(config);
    const NormSettings norm{.epsilon = config.number_or("norm_eps", 1e-5)};
    const GatedBlock kind = gated_block(config, norm);
    const std::vector<std::string> kinds = config.layer_kinds({convolution_kind, attention_kind});
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config, {}, {.rope_theta = 1e6}), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    parts.context_length = config.size_or("max_position_embeddings", 128'000);
    for (const Place& place : block_places(config, weights)) {
        const bool attends = kinds.empty() || kinds[static_cast<std::size_t>(place.layer)] == attention_kind;
        Block block;
        block.attention =
            attends ? attention_branch(place, kind, rotary, norm) : convolution_branch(place, config);
        block.attention.before = Norm(place, "operator_norm", kind.width, norm);
        const Place gate = place.at("feed_forward");
        block.mlp = {.before = Norm(place, "ffn_norm", kind.width, norm),
            .wide = {gate, kind.width, {{"w1", kind.inner}, {"w3", kind.inner}}},
            .middle = std::make_unique<Gate>(Activation::Silu),
            .last = {gate, kind.inner, {{"w2", kind.width}}}};
        parts.blocks.each.push_back(std::move(block));
    }
    return std::make_unique<Decoder>(std::move(parts));
}

// The gate's width as it is, where the file has one that is to be made smaller and rounded up.
std::int64_t adjusted_inner(const ConfigFields& config) {
    const auto inner = static_cast<double>(config.size_or("intermediate_size", 12'288));
    const auto share = static_cast<std::int64_t>(2 * inner / 3);
    const double factor = config.positive_or("block_ffn_dim_multiplier", 1);
    constexpr double most_times = 1024;
    if (factor > most_times)
        fail(config.where() + ": block_ffn_dim_multiplier", std::to_string(factor), "a smaller number");
    const auto wanted = static_cast<std::int64_t>(factor * static_cast<double>(share));
    const std::int64_t unit = config.size_or("block_multiple_of", 256);
    return (wanted + unit - 1) / unit * unit;
}

// Newer names in the place of older ones, as transformers reads them: the older one counts where both stand.
void add_lfm2_usual_fields(Json& json) {
    for (const auto& [before, now] :
        {std::pair{"block_ff_dim", "intermediate_size"}, std::pair{"tie_embedding", "tie_word_embeddings"}})
        if (const auto found = json.find(before); found != json.end()) {
            const Json value = *found;
            json.erase(found);
            json[now] = value;
        }
    if (!json.contains("conv_L_cache")) json["conv_L_cache"] = usual_taps;
    const ConfigFields config(json, "config.json");
    if (config.boolean_or("block_auto_adjust_ff_dim", true))
        json["intermediate_size"] = adjusted_inner(config);
    json["block_auto_adjust_ff_dim"] = false;
    const Json* const attending = config.find("full_attn_idxs");
    if (!config.has("layer_types") && attending != nullptr && attending->is_array()) {
        const std::int64_t layers = config.integer("num_hidden_layers", 1, 4096);
        Json kinds = Json::array();
        for (std::int64_t layer = 0; layer < layers; ++layer)
            kinds.push_back(std::find(attending->begin(), attending->end(), Json(layer)) != attending->end()
                                ? attention_kind
                                : convolution_kind);
        json["layer_types"] = kinds;
    }
    if (!config.has("rope_parameters") && !config.has("rope_theta")) json["rope_theta"] = 1e6;
    add_fields_as(json, {{"norm_eps", "rms_norm_eps"}});
}

constexpr const char* key_value_heads_key = "lfm2.attention.head_count_kv";

// A layer without heads of keys has a convolution.
void add_lfm2_kinds(Json& config, const GgufFile& file) {
    Json kinds = Json::array();
    for (const std::int64_t heads : file.integers(key_value_heads_key))
        kinds.push_back(heads > 0 ? attention_kind : convolution_kind);
    config["layer_types"] = kinds;
    config["block_auto_adjust_ff_dim"] = false;
    add_fields_as(config, {{"rms_norm_eps", "norm_eps"}});
}

void add_lfm2_heads(GgufFields& metadata, const Json& config) {
    const ConfigFields fields(config, "config.json");
    const auto heads = static_cast<std::int32_t>(fields.heads().kv_count);
    const std::vector<std::string> kinds = fields.layer_kinds({convolution_kind, attention_kind});
    std::vector<std::int32_t> of_layers(static_cast<std::size_t>(fields.size("num_hidden_layers")), heads);
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i] == convolution_kind) of_layers[i] = 0;
    for (auto& [key, value] : metadata)
        if (key == key_value_heads_key) value = of_layers;
}

constexpr NamePair lfm2_outside_names[] = {{"model.embed_tokens.", "token_embd."},
    {"model.embedding_norm.", "token_embd_norm."}, {"lm_head.", "output."}};
constexpr NamePair lfm2_block_names[] = {{"operator_norm.", "attn_norm."},
    {"conv.in_proj.", "shortconv.in_proj."}, {"conv.conv.", "shortconv.conv."},
    {"conv.out_proj.", "shortconv.out_proj."}, {"self_attn.q_proj.", "attn_q."},
    {"self_attn.k_proj.", "attn_k."}, {"self_attn.v_proj.", "attn_v."},
    {"self_attn.out_proj.", "attn_output."}, {"self_attn.q_layernorm.", "attn_q_norm."},
    {"self_attn.k_layernorm.", "attn_k_norm."}, {"ffn_norm.", "ffn_norm."}, {"feed_forward.w1.", "ffn_gate."},
    {"feed_forward.w3.", "ffn_up."}, {"feed_forward.w2.", "ffn_down."}};
constexpr FieldPair lfm2_fields[] = {{"shortconv.l_cache", "conv_L_cache", FieldPair::Kind::Integer, true}};

} // namespace

extern const Architecture lfm2{"lfm2", make_lfm2,
    {.norm = "model.embedding_norm",
        .model_class = "Lfm2ForCausalLM",
        .add_usual_fields = add_lfm2_usual_fields,
        .gguf = {.architecture = "lfm2",
            .outside = lfm2_outside_names,
            .inside = lfm2_block_names,
            .add_fields = add_lfm2_kinds,
            .add_keys = add_lfm2_heads,
            .fields = lfm2_fields}}};

} // namespace lora
