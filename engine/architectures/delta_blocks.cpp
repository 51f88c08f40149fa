#include "engine/architectures/delta_blocks.h"

#include "engine/architectures/architecture.h"
#include "engine/blocks/gated_attention.h"
#include "engine/error.h"

#include <utility>

namespace lora {

namespace {

constexpr const char* delta_kind = "linear_attention";
constexpr const char* gated_attention_kind = "full_attention";
constexpr std::int64_t most_taps_of_delta = 1024;

/// `block`.self_attn, whose q_proj has the gate too.
ResidualBranch gated_attention_branch(
    const Place& block, const GatedBlock& kind, AttentionSettings attention) {
    const Place self = block.at("self_attn");
    const Heads& heads = kind.heads;
    return {.wide = {self, kind.width,
                {{"q_proj", 2 * heads.queries()}, {"k_proj", heads.keys()}, {"v_proj", heads.keys()}},
                kind.input_bias},
        .middle = std::make_unique<GatedAttention>(heads, block.layer, std::move(attention)),
        .last = {self, heads.queries(), {{"o_proj", kind.width}}, kind.output_bias},
        .phase = Phase::Attention};
}

ResidualBranch delta_branch(const Place& block, std::int64_t width, const DeltaMixer& mixer) {
    const Place own = block.at("linear_attn");
    return {.wide = {own, width, mixer.inputs},
        .middle = std::make_unique<GatedDelta>(own, mixer.settings),
        .last = {own, mixer.settings.heads.values(), {{"out_proj", width}}},
        .phase = Phase::Attention};
}

// By layer_types, else each full_attention_interval-th layer, the fourth.
std::vector<bool> attending_layers(const ConfigFields& config) {
    const std::vector<std::string> kinds = config.layer_kinds({delta_kind, gated_attention_kind});
    const std::int64_t interval = config.size_or("full_attention_interval", 4);
    std::vector<bool> attending;
    for (std::int64_t layer = 0; layer < config.size("num_hidden_layers"); ++layer)
        attending.push_back(kinds.empty() ? (layer + 1) % interval == 0
                                          : kinds[static_cast<std::size_t>(layer)] == gated_attention_kind);
    return attending;
}

} // namespace

DeltaSettings delta_settings(const ConfigFields& config, const NormSettings& norm) {
    const DeltaHeads heads{.key_count = config.size_or("linear_num_key_heads", 16),
        .value_count = config.size_or("linear_num_value_heads", 32),
        .key_size = config.size_or("linear_key_head_dim", 128),
        .value_size = config.size_or("linear_value_head_dim", 128)};
    if (heads.value_count % heads.key_count != 0)
        fail(config.where() + ": linear_num_key_heads", std::to_string(heads.key_count),
            "a divisor of linear_num_value_heads " + std::to_string(heads.value_count));
    return {.heads = heads,
        .taps = config.integer_or("linear_conv_kernel_dim", 4, 1, most_taps_of_delta),
        .epsilon = norm.epsilon};
}

GatedBlock delta_block(const ConfigFields& config) {
    config.only("hidden_act", "silu");
    config.only("attn_output_gate", true);
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6), .offset = 1};
    GatedBlock kind = gated_block(config, norm, /*head_size=*/256);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    return kind;
}

std::unique_ptr<Model> delta_decoder(const ConfigFields& config, const Weights& weights,
    const at::Device& device, const GatedBlock& kind, const DeltaMixer& mixer) {
    const RotaryConfig turning = RotaryConfig::from_json(config, {}, {.partial = 0.25});
    const auto rotary = std::make_shared<const Rotary>(turning, kind.heads.size, at::Tensor(), device);
    const std::vector<bool> attending = attending_layers(config);
    DecoderParts parts = decoder_parts(config, weights, kind.norm);
    parts.context_length = config.size_or("max_position_embeddings", 32'768);
    for (const Place& place : block_places(config, weights)) {
        Block block;
        if (attending[static_cast<std::size_t>(place.layer)])
            block.attention = gated_attention_branch(place, kind,
                {.rotary = rotary,
                    .query_norm = Norm(place, "self_attn.q_norm", kind.heads.size, kind.norm),
                    .key_norm = Norm(place, "self_attn.k_norm", kind.heads.size, kind.norm),
                    .dropout = config.attention_dropout(place.layer)});
        else
            block.attention = delta_branch(place, kind.width, mixer);
        block.attention.before = Norm(place, "input_layernorm", kind.width, kind.norm);
        block.mlp = kind.feed_forward(place);
        block.mlp.before = Norm(place, "post_attention_layernorm", kind.width, kind.norm);
        parts.blocks.each.push_back(std::move(block));
    }
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace lora
