#include "engine/blocks/gated_attention.h"

#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

/// Queries and gate of rows in which they lie in turn, head by head: [N, 2 · H · E] → twice [N, H · E].
std::pair<at::Tensor, at::Tensor> apart(const at::Tensor& rows, const Heads& heads) {
    const at::Tensor each = rows.unflatten(1, {heads.count, 2, heads.size});
    return {each.select(2, 0).flatten(1), each.select(2, 1).flatten(1)};
}

at::Tensor in_turn(const at::Tensor& queries, const at::Tensor& gate, const Heads& heads) {
    const auto by_head = [&](const at::Tensor& rows) { return rows.unflatten(1, {heads.count, heads.size}); };
    return at::stack({by_head(queries), by_head(gate)}, 2).flatten(1);
}

} // namespace

GatedAttention::GatedAttention(const Heads& heads, std::int64_t layer, AttentionSettings settings)
    : heads_(heads), attention_(heads, layer, std::move(settings)) {}

at::Tensor GatedAttention::plain(
    const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const {
    const auto pieces = in_pieces(outputs, {2 * heads_.queries(), heads_.keys(), heads_.keys()});
    const auto [queries, gate] = apart(pieces[0], heads_);
    return attention_.plain({queries, pieces[1], pieces[2]}, trip, pass) * gate.sigmoid();
}

at::Tensor GatedAttention::forward(Kept& kept, const Trip& trip, const Pass& pass) const {
    const auto [queries, gate] = apart(kept.wide.narrow(1, 0, 2 * heads_.queries()), heads_);
    kept.gate = gate;
    kept.wide = at::cat({queries, kept.wide.narrow(1, 2 * heads_.queries(), 2 * heads_.keys())}, 1);
    return attention_.forward(kept, trip, pass) * gate.sigmoid();
}

at::Tensor GatedAttention::again(const Kept& kept) const {
    return attention_.again(kept) * kept.gate.sigmoid();
}

at::Tensor GatedAttention::backward(Kept& kept, const at::Tensor& dy) const {
    const at::Tensor open = kept.gate.sigmoid();
    const at::Tensor d_gate = dy * attention_.again(kept) * open * (1 - open);
    const at::Tensor d_wide = attention_.backward(kept, dy * open);
    return at::cat({in_turn(d_wide.narrow(1, 0, heads_.queries()), d_gate, heads_),
                       d_wide.narrow(1, heads_.queries(), 2 * heads_.keys())},
        1);
}

std::int64_t GatedAttention::kept_values() const { return attention_.kept_values() + heads_.queries(); }

void GatedAttention::add_traits(std::vector<Trait>& all, const std::string& place) const {
    attention_.add_traits(all, place);
    all.push_back({place + "gate", "of each value"});
}

} // namespace lora
