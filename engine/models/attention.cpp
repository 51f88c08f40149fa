#include "engine/models/attention.h"

#include "engine/models/padding.h"

#include <algorithm>
#include <limits>

#include <ATen/ATen.h>

namespace lora {

namespace {

// [N, H, E] → [B, H, T, E]
at::Tensor by_sample(const at::Tensor& rows, const PackedTokens& tokens) {
    const at::Tensor padded =
        tokens.to_padded.defined() ? with_padding(rows, tokens.to_padded, tokens.from_padded) : rows;
    const auto samples = static_cast<std::int64_t>(tokens.lengths.size());
    return padded.view({samples, tokens.longest, rows.size(1), rows.size(2)}).transpose(1, 2);
}

// [B, H, T, E] → [N, H·E]
at::Tensor by_row(const at::Tensor& y, const PackedTokens& tokens) {
    const at::Tensor padded = y.transpose(1, 2).reshape({-1, y.size(1) * y.size(3)}); // [B·T, H·E]
    return tokens.from_padded.defined() ? without_padding(padded, tokens.from_padded) : padded;
}

// Keys that are padding, [B, 1, 1, T].
at::Tensor padding(const PackedTokens& tokens) {
    const auto samples = static_cast<std::int64_t>(tokens.lengths.size());
    at::Tensor mask = at::ones({samples * tokens.longest}, tokens.ids.options().dtype(at::kBool));
    mask.index_fill_(0, tokens.from_padded, false);
    return mask.view({samples, 1, 1, tokens.longest});
}

at::Tensor repeat_heads(const at::Tensor& x, std::int64_t times) {
    return times == 1 ? x : x.repeat_interleave(times, 1);
}

// The places that a query does not see, [n, total]: the queries are the last n of all.
at::Tensor hidden_keys(
    std::int64_t queries, std::int64_t total, const AttentionRule& rule, const at::TensorOptions& options) {
    const at::Tensor places = at::arange(total, options.dtype(at::kLong));
    const at::Tensor own = places.narrow(0, total - queries, queries).unsqueeze(1);
    at::Tensor hidden = places.unsqueeze(0).gt(own);
    if (rule.window > 0) hidden = hidden.logical_or_(places.unsqueeze(0).le(own - rule.window));
    return hidden;
}

// The keys' probabilities where each head's sink has its share of them. scores [B, H, n, T], sinks [H].
at::Tensor beside_sinks(const at::Tensor& scores, const at::Tensor& sinks) {
    const std::vector<std::int64_t> shape{scores.size(0), scores.size(1), scores.size(2), 1};
    const at::Tensor column = sinks.to(scores.scalar_type()).view({1, -1, 1, 1}).expand(shape);
    return at::softmax(at::cat({scores, column}, -1), -1).narrow(-1, 0, scores.size(3));
}

// What scores [B, H, n, T] lose with the places between their queries, the last n of all, and keys, [1, H, n,
// T].
at::Tensor by_distance(const at::Tensor& scores, const at::Tensor& slopes) {
    const std::int64_t queries = scores.size(2), total = scores.size(3);
    const at::Tensor places = at::arange(total, slopes.options());
    const at::Tensor own = places.narrow(0, total - queries, queries).unsqueeze(1);
    return slopes.view({1, -1, 1, 1}) * (places.unsqueeze(0) - own);
}

// By products and a softmax in float32: what scaled_dot_product_attention has no place for.
// q [B, H, n, E], k and v [B, H, T, E]; `unseen` is true where a key is not seen; `dropout` [B, H, n, T] is
// undefined where nothing is dropped.
at::Tensor attention_in_steps(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const AttentionRule& rule, const at::Tensor& unseen, const at::Tensor& dropout) {
    at::Tensor scores = q.matmul(k.transpose(-2, -1)) * rule.scale;
    if (rule.softcap > 0) scores = (scores / rule.softcap).tanh() * rule.softcap;
    const at::ScalarType type = q.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    scores = scores.to(type);
    if (rule.slopes.defined()) scores = scores + by_distance(scores, rule.slopes);
    scores = scores.masked_fill(unseen, -std::numeric_limits<double>::infinity());
    const at::Tensor p = rule.sinks.defined() ? beside_sinks(scores, rule.sinks) : at::softmax(scores, -1);
    return (dropout.defined() ? p * dropout : p).to(q.scalar_type()).matmul(v);
}

at::Tensor causal_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const AttentionRule& rule, const at::Tensor& dropout = {}) {
    const std::int64_t queries = q.size(2), total = k.size(2);
    const bool narrow = rule.window > 0 && rule.window < total;
    if (rule.softcap > 0 || narrow || dropout.defined() || rule.sinks.defined() || rule.slopes.defined()
        || (queries > 1 && queries < total))
        return attention_in_steps(q, k, v, rule, hidden_keys(queries, total, rule, q.options()), dropout);
    return at::scaled_dot_product_attention(
        q, k, v, {}, /*dropout_p=*/0.0, /*is_causal=*/queries == total, rule.scale);
}

at::Tensor attention_with_cache(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const AttentionRule& rule, KeyValueCache& cache, std::int64_t layer) {
    const std::int64_t groups = q.size(1) / k.size(1), total = cache.length + k.size(0);
    const KeyValueCache::Layer& kept = cache.append(layer, k, v);
    const at::Tensor keys = repeat_heads(kept.keys.narrow(1, 0, total).unsqueeze(0), groups);
    const at::Tensor values = repeat_heads(kept.values.narrow(1, 0, total).unsqueeze(0), groups);
    const at::Tensor y = causal_attention(q.unsqueeze(0).transpose(1, 2), keys, values, rule);
    return y.transpose(1, 2).reshape({q.size(0), -1});
}

at::Tensor bidirectional_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const PackedTokens& tokens, const AttentionRule& rule, const at::Tensor& dropout) {
    at::Tensor scores = q.matmul(k.transpose(-2, -1)) * rule.scale;
    if (rule.softcap > 0) scores = (scores / rule.softcap).tanh() * rule.softcap;
    if (rule.added) scores = scores + rule.added(q, k);
    if (tokens.to_padded.defined()) scores = scores.masked_fill(padding(tokens), -1e30);
    if (rule.window > 0) {
        const at::Tensor places = at::arange(q.size(2), q.options().dtype(at::kLong));
        const at::Tensor apart = (places.unsqueeze(0) - places.unsqueeze(1)).abs();
        scores = scores.masked_fill(apart.ge(rule.window), -1e30);
    }
    at::Tensor p = at::softmax(scores, -1);
    if (dropout.defined()) p = (p * dropout).to(q.scalar_type());
    return p.matmul(v);
}

} // namespace

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const PackedTokens& tokens, const AttentionRule& rule, KeyValueCache* cache, std::int64_t layer) {
    if (cache) return attention_with_cache(q, k, v, rule, *cache, layer);
    const std::int64_t groups = q.size(1) / k.size(1);
    const at::Tensor queries = by_sample(q, tokens);
    const at::Tensor keys = repeat_heads(by_sample(k, tokens), groups);
    const at::Tensor values = repeat_heads(by_sample(v, tokens), groups);
    const at::Tensor dropout =
        rule.dropout.acts() ? attention_mask_of(rule.dropout, tokens, q.size(1), q.device()) : at::Tensor();
    return by_row(rule.causal ? causal_attention(queries, keys, values, rule, dropout)
                              : bidirectional_attention(queries, keys, values, tokens, rule, dropout),
        tokens);
}

} // namespace lora
