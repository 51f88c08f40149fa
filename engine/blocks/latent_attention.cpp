#include "engine/blocks/latent_attention.h"

#include "engine/blocks/kernel_attention.h"
#include "engine/models/attention.h"

#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr NormSettings small_norm{.epsilon = 1e-6}; // whatever the blocks' norms have

} // namespace

LatentAttention::LatentAttention(const Place& place, LatentSettings settings)
    : path_(place.path_of("")), layer_(place.layer), settings_(std::move(settings)) {
    const LatentSettings& all = settings_;
    const std::int64_t width_of_queries = all.heads * all.head_size();
    if (all.query_rank > 0) {
        query_down_ = place.weights.linear("q_a_proj", all.width, all.query_rank, all.bias);
        query_norm_ = Norm(place, "q_a_layernorm", all.query_rank, small_norm);
        query_ = place.weights.linear("q_b_proj", all.query_rank, width_of_queries);
    } else {
        query_ = place.weights.linear("q_proj", all.width, width_of_queries);
    }
    key_down_ = place.weights.linear("kv_a_proj_with_mqa", all.width, all.key_rank + all.turned, all.bias);
    key_norm_ = Norm(place, "kv_a_layernorm", all.key_rank, small_norm);
    key_ = place.weights.linear("kv_b_proj", all.key_rank, all.heads * (all.content + all.value));
    last_ = place.weights.linear("o_proj", all.heads * all.value, all.width, all.bias);
}

// [N, H·E].
at::Tensor LatentAttention::queries(const at::Tensor& x, const Pass& pass) const {
    if (settings_.query_rank == 0) return query_.forward(x, pass);
    return query_.forward(query_norm_.plain(query_down_.forward(x, pass)), pass);
}

// heads [N, H, E]: what comes after the content turns.
at::Tensor LatentAttention::with_turned_end(const at::Tensor& heads, const Trip& trip) const {
    const auto parts = heads.split_with_sizes({settings_.content, settings_.turned}, 2);
    return at::cat({parts[0], settings_.rotary->rotate(parts[1], trip.tables.at(rotary()))}, 2);
}

at::Tensor LatentAttention::attended(
    const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const Trip& trip, const Pass& pass) const {
    const Dropout dropout = dropout_at(pass, settings_.dropout);
    const AttentionShape shape{.heads = settings_.heads,
        .kv_heads = settings_.heads,
        .head_size = settings_.head_size(),
        .lengths = trip.tokens.lengths,
        .starts = trip.tokens.starts,
        .dropout = bits_of(dropout),
        .longest = trip.tokens.longest,
        .scale = settings_.scale};
    const bool known = settings_.value <= settings_.head_size() && has_packed_attention(q, shape);
    if (pass.fused && !pass.cache && known) return kernel_attention(q, k, v, shape);
    return attention(
        q, k, v, trip.tokens, {.scale = settings_.scale, .dropout = dropout}, pass.cache, layer_);
}

at::Tensor LatentAttention::forward(
    const at::Tensor& x, const at::Tensor& rows, const Trip& trip, const Pass& pass) const {
    const std::int64_t count = x.size(0), heads = settings_.heads;
    const at::Tensor q = with_turned_end(queries(x, pass).view({count, heads, settings_.head_size()}), trip);
    const auto small = key_down_.forward(x, pass).split_with_sizes({settings_.key_rank, settings_.turned}, 1);
    const auto kv = key_.forward(key_norm_.plain(small[0]), pass)
                        .view({count, heads, settings_.content + settings_.value})
                        .split_with_sizes({settings_.content, settings_.value}, 2);
    const at::Tensor end = settings_.rotary->rotate(small[1].unsqueeze(1), trip.tables.at(rotary()));
    const at::Tensor k = at::cat({kv[0], end.expand({count, heads, settings_.turned})}, 2);
    return last_.forward(chosen_rows(attended(q, k, kv[1], trip, pass), rows), pass);
}

std::vector<const Linear*> LatentAttention::linears() const {
    if (settings_.query_rank == 0) return {&query_, &key_down_, &key_, &last_};
    return {&query_down_, &query_, &key_down_, &key_, &last_};
}

void LatentAttention::name_linears(std::vector<NamedLinear>& all) {
    const bool two = settings_.query_rank > 0;
    if (two) all.push_back({path_ + "q_a_proj", layer_, &query_down_});
    all.push_back({path_ + (two ? "q_b_proj" : "q_proj"), layer_, &query_});
    all.push_back({path_ + "kv_a_proj_with_mqa", layer_, &key_down_});
    all.push_back({path_ + "kv_b_proj", layer_, &key_});
    all.push_back({path_ + "o_proj", layer_, &last_});
}

void LatentAttention::name_parameters(std::vector<NamedParameter>& all) {
    query_norm_.name_parameters(all);
    key_norm_.name_parameters(all);
}

// The small vectors before and after their norms; queries, keys and values apart and side by side for the
// kernel; what it gives.
std::int64_t LatentAttention::kept_values() const {
    const std::int64_t small = settings_.query_rank + settings_.key_rank + settings_.turned;
    return 2 * small + settings_.heads * (5 * settings_.head_size() + 3 * settings_.value);
}

} // namespace lora
