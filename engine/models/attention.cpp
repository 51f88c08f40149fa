#include "engine/models/attention.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Rows into the padded layout; the gradient is a plain gather, since padding reaches no result.
struct Pad : torch::autograd::Function<Pad> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& rows, const at::Tensor& to_padded,
        const at::Tensor& from_padded) {
        at::AutoDispatchBelowADInplaceOrView below;
        context->save_for_backward({from_padded});
        return rows.index_select(0, to_padded);
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        return {gradients[0].index_select(0, context->get_saved_variables()[0]), {}, {}};
    }
};

// The padded layout back into rows; padding gets a zero gradient.
struct Unpad : torch::autograd::Function<Unpad> {
    static at::Tensor forward(
        AutogradContext* context, const at::Tensor& padded, const at::Tensor& from_padded) {
        at::AutoDispatchBelowADInplaceOrView below;
        context->save_for_backward({from_padded});
        context->saved_data["places"] = padded.size(0);
        return padded.index_select(0, from_padded);
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto shape = gradients[0].sizes().vec();
        shape[0] = context->saved_data["places"].toInt();
        at::Tensor padded = at::zeros(shape, gradients[0].options());
        return {padded.index_copy_(0, context->get_saved_variables()[0], gradients[0]), {}};
    }
};

// [N, H, E] → [B, H, T, E]
at::Tensor by_sample(const at::Tensor& rows, const PackedTokens& tokens) {
    const at::Tensor padded =
        tokens.to_padded.defined() ? Pad::apply(rows, tokens.to_padded, tokens.from_padded) : rows;
    const auto samples = static_cast<std::int64_t>(tokens.lengths.size());
    return padded.view({samples, tokens.longest, rows.size(1), rows.size(2)}).transpose(1, 2);
}

// [B, H, T, E] → [N, H·E]
at::Tensor by_row(const at::Tensor& y, const PackedTokens& tokens) {
    const at::Tensor padded = y.transpose(1, 2).reshape({-1, y.size(1) * y.size(3)}); // [B·T, H·E]
    return tokens.from_padded.defined() ? Unpad::apply(padded, tokens.from_padded) : padded;
}

// Keys that are padding, [B, 1, 1, T].
at::Tensor padding(const PackedTokens& tokens) {
    const auto samples = static_cast<std::int64_t>(tokens.lengths.size());
    at::Tensor mask = at::ones({samples * tokens.longest}, tokens.ids.options().dtype(at::kBool));
    mask.index_fill_(0, tokens.from_padded, false);
    return mask.view({samples, 1, 1, tokens.longest});
}

at::Tensor append(at::Tensor& kept, const at::Tensor& rows) {
    const at::Tensor added = rows.unsqueeze(0).transpose(1, 2); // [n, K, E] → [1, K, n, E]
    kept = kept.defined() ? at::cat({kept, added}, 2) : added.contiguous();
    return kept;
}

at::Tensor repeat_heads(const at::Tensor& x, std::int64_t times) {
    return times == 1 ? x : x.repeat_interleave(times, 1);
}

} // namespace

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const PackedTokens& tokens, KeyValueCache* cache, std::size_t layer) {
    const std::int64_t groups = q.size(1) / k.size(1);
    if (cache) {
        cache->keys.resize(std::max(cache->keys.size(), layer + 1));
        cache->values.resize(cache->keys.size());
        const bool first = !cache->keys[layer].defined();
        const at::Tensor keys = repeat_heads(append(cache->keys[layer], k), groups);
        const at::Tensor values = repeat_heads(append(cache->values[layer], v), groups);
        const at::Tensor queries = q.unsqueeze(0).transpose(1, 2);
        const at::Tensor y = at::scaled_dot_product_attention(
            queries, keys, values, {}, /*dropout_p=*/0.0, /*is_causal=*/first);
        return y.transpose(1, 2).reshape({q.size(0), -1});
    }
    const at::Tensor y =
        at::scaled_dot_product_attention(by_sample(q, tokens), repeat_heads(by_sample(k, tokens), groups),
            repeat_heads(by_sample(v, tokens), groups), {}, /*dropout_p=*/0.0, /*is_causal=*/true);
    return by_row(y, tokens);
}

at::Tensor bidirectional_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const PackedTokens& tokens, const Dropout& dropout) {
    const double scale = 1 / std::sqrt(static_cast<double>(q.size(2)));
    at::Tensor scores = by_sample(q, tokens).matmul(by_sample(k, tokens).transpose(-2, -1)) * scale;
    if (tokens.to_padded.defined()) scores = scores.masked_fill(padding(tokens), -1e30);
    at::Tensor p = at::softmax(scores, -1);
    if (dropout.acts())
        p = (p * attention_mask_of(dropout, tokens, q.size(1), q.device())).to(q.scalar_type());
    return by_row(p.matmul(by_sample(v, tokens)), tokens);
}

} // namespace lora
