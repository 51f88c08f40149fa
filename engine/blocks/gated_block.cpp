#include "engine/blocks/gated_block.h"

#include "engine/blocks/activations.h"

#include <memory>
#include <utility>
#include <vector>

namespace lora {

WideLinear query_key_value(const Place& place, std::int64_t width, const Heads& heads, bool bias) {
    return {place, width, {{"q_proj", heads.queries()}, {"k_proj", heads.keys()}, {"v_proj", heads.keys()}},
        bias};
}

WideLinear gate_and_up(const Place& place, std::int64_t width, std::int64_t inner, bool bias) {
    return {place, width, {{"gate_proj", inner}, {"up_proj", inner}}, bias};
}

Block GatedBlock::without_norms(const Place& place, AttentionSettings attention) const {
    const Place self = place.at("self_attn");
    std::vector<LinearSpec> inputs{{"q_proj", heads.queries()}};
    if (!attention.borrows()) inputs.push_back({"k_proj", heads.keys()});
    if (!attention.borrows() && !attention.keys_are_values) inputs.push_back({"v_proj", heads.keys()});
    const std::int64_t given = attention.borrows() ? 2 * heads.keys() : 0;
    Block block;
    block.attention = {.wide = {self, width, inputs, input_bias},
        .middle = std::make_unique<GroupedAttention>(heads, place.layer, std::move(attention)),
        .last = {self, heads.queries(), {{"o_proj", width}}, output_bias},
        .phase = Phase::Attention,
        .given = given};
    block.mlp = feed_forward(place);
    return block;
}

ResidualBranch GatedBlock::feed_forward(const Place& place) const {
    ResidualBranch branch;
    if (mixture) {
        branch.whole = std::make_unique<MixtureOfExperts>(place, *mixture);
        return branch;
    }
    const Place mlp = place.at("mlp");
    return {.wide = gate_and_up(mlp, width, inner, mlp_bias),
        .middle = std::make_unique<Gate>(activation),
        .last = {mlp, inner, {{"down_proj", width}}, mlp_bias}};
}

Block GatedBlock::pre_norm(const Place& place, AttentionSettings attention) const {
    Block block = without_norms(place, std::move(attention));
    block.attention.before = Norm(place, "input_layernorm", width, norm);
    block.mlp.before = Norm(place, "post_attention_layernorm", width, norm);
    return block;
}

Block GatedBlock::post_norm(const Place& place, AttentionSettings attention) const {
    Block block = without_norms(place, std::move(attention));
    block.attention.after = Norm(place, "post_attention_layernorm", width, norm);
    block.mlp.after = Norm(place, "post_feedforward_layernorm", width, norm);
    return block;
}

Block GatedBlock::sandwich_norm(const Place& place, AttentionSettings attention) const {
    Block block = post_norm(place, std::move(attention));
    block.attention.before = Norm(place, "input_layernorm", width, norm);
    block.mlp.before = Norm(place, "pre_feedforward_layernorm", width, norm);
    return block;
}

Block GatedBlock::parallel(const Place& place, AttentionSettings attention) const {
    Block block = without_norms(place, std::move(attention));
    block.attention.before = Norm(place, "input_layernorm", width, norm);
    block.parallel = block.one_norm = true;
    return block;
}

} // namespace lora
