#include "engine/blocks/gated_delta.h"

#include "engine/models/causal_convolution.h"
#include "engine/models/gated_delta_rule.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

at::Tensor widened(const at::Tensor& x) { return x.to(at::promoteTypes(x.scalar_type(), at::kFloat)); }

} // namespace

GatedDelta::GatedDelta(const Place& place, const DeltaSettings& settings)
    : settings_(settings), path_(place.path_of("")), layer_(place.layer),
      convolution_(place.weights.tensor("conv1d.weight", {settings.heads.mixed(), 1, settings.taps})),
      decay_(place.weights.tensor("A_log", {settings.heads.value_count})),
      decay_bias_(place.weights.tensor("dt_bias", {settings.heads.value_count})),
      norm_(place.weights.tensor("norm.weight", {settings.heads.value_size})) {}

GatedDelta::Parts GatedDelta::parts_of(const std::vector<at::Tensor>& outputs) const {
    const DeltaHeads& heads = settings_.heads;
    if (!settings_.by_head) {
        const auto pieces =
            in_pieces(outputs, {heads.mixed(), heads.values(), heads.value_count, heads.value_count});
        return {pieces[0], pieces[1], pieces[2], pieces[3]};
    }
    const auto pieces = in_pieces(outputs, {heads.mixed() + heads.values(), 2 * heads.value_count});
    const std::int64_t served = heads.value_count / heads.key_count, values = served * heads.value_size;
    const auto large = pieces[0]
                           .unflatten(1, {heads.key_count, -1})
                           .split_with_sizes({heads.key_size, heads.key_size, values, values}, 2);
    const auto small = pieces[1].unflatten(1, {heads.key_count, -1}).split_with_sizes({served, served}, 2);
    return {at::cat({large[0].flatten(1), large[1].flatten(1), large[2].flatten(1)}, 1), large[3].flatten(1),
        small[0].flatten(1), small[1].flatten(1)};
}

// [N, H, V] in float32.
at::Tensor GatedDelta::remembered(const Parts& parts, const Trip& trip, const Pass& pass) const {
    const DeltaHeads& heads = settings_.heads;
    KeyValueCache::Layer* const kept = pass.cache ? &pass.cache->at(layer_) : nullptr;
    const at::Tensor mixed =
        at::silu(kept ? continued_convolution(parts.mixed, convolution_, /*bias=*/{}, kept->last_rows)
                      : causal_convolution(parts.mixed, convolution_, /*bias=*/{}, trip.tokens.positions));
    const auto pieces = mixed.split_with_sizes({heads.keys(), heads.keys(), heads.values()}, 1);
    const auto by_head = [](const at::Tensor& rows, std::int64_t count) {
        return rows.unflatten(1, {count, -1});
    };
    const at::Tensor waits = at::softplus(widened(parts.decay) + widened(decay_bias_));
    const DeltaRule rule{.queries = by_head(pieces[0], heads.key_count),
        .keys = by_head(pieces[1], heads.key_count),
        .values = by_head(pieces[2], heads.value_count),
        .decay = -widened(decay_).exp() * waits,
        .rate = parts.rate.sigmoid()};
    return kept ? continued_delta_rule(rule, kept->memory) : gated_delta_rule(rule, trip.tokens);
}

at::Tensor GatedDelta::plain(
    const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const {
    const Parts parts = parts_of(outputs);
    const std::int64_t size = settings_.heads.value_size;
    const at::Tensor read = remembered(parts, trip, pass);
    const at::Tensor normed = at::rms_norm(read, {size}, widened(norm_), settings_.epsilon);
    return (normed.flatten(1) * at::silu(widened(parts.gate))).to(parts.gate.scalar_type());
}

void GatedDelta::name_parameters(std::vector<NamedParameter>& all) {
    all.insert(all.end(),
        {{path_ + "dt_bias", layer_, &decay_bias_}, {path_ + "A_log", layer_, &decay_},
            {path_ + "conv1d.weight", layer_, &convolution_}, {path_ + "norm.weight", layer_, &norm_}});
}

void GatedDelta::add_traits(std::vector<Trait>& all, const std::string& place) const {
    const DeltaHeads& heads = settings_.heads;
    all.push_back({place + "gated delta rule",
        std::to_string(heads.value_count) + " heads of " + std::to_string(heads.value_size) + " on "
            + std::to_string(heads.key_count) + " of " + std::to_string(heads.key_size)});
    all.push_back({place + "short convolution", std::to_string(settings_.taps) + " taps"});
    all.push_back({place + "epsilon of the heads' norm", trait_text(settings_.epsilon)});
}

} // namespace lora
