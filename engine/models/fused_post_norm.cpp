#include "engine/models/fused_post_norm.h"

#include "engine/kernels/post_norm.h"
#include "engine/kernels/product.h"
#include "engine/models/fused_half.h"
#include "engine/models/low_rank_group.h"

namespace lora {

namespace {

using torch::autograd::variable_list;

/// What the forward of a half leaves for its backward.
struct Kept {
    PostNormInput input;
    HalfUpdates updates;
    DropoutBits bits;
    at::Tensor x;
    at::Tensor wide; ///< q, k, v; the intermediate linear's output
    at::Tensor wide_inner;
    at::Tensor middle; ///< the attention's output; undefined in an MLP
    at::Tensor last_inner;
    NormedSum normed;
    AttentionResult attended;
    AttentionShape shape;
    at::Tensor rows; ///< undefined: all
    Activation activation = Activation::Gelu;
};

std::shared_ptr<Kept> kept_of(const PostNormInput& input, bool adapted) {
    auto kept = std::make_shared<Kept>();
    kept->input = input;
    kept->bits = bits_of(input.dropout);
    kept->updates = updates_of(input.parts, *input.last, adapted);
    return kept;
}

/// weight · x + bias with the updates; fills `inner`.
at::Tensor adapted_product(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
    const LowRankGroup& updates, at::Tensor& inner) {
    inner = inner_products(x, updates);
    return product(x, weight, {bias, {}, update_parts(inner, updates)});
}

/// The gradient of a product's input through the frozen weight and the updates, added to `residual` where
/// that is defined; the updates' own are added to `gradients`. `x` is asked for where an update wants it.
template <class Input>
at::Tensor back_through(const at::Tensor& dy, const at::Tensor& weight, const LowRankGroup& updates,
    const at::Tensor& inner, const Input& x, const at::Tensor& residual, bool wants_dx,
    variable_list& gradients) {
    GroupGradients found;
    if (!updates.empty()) found = group_gradients(dy, x(), inner, updates);
    append(found, gradients);
    return wants_dx ? product_turned(dy, weight, {{}, residual, found.through}) : at::Tensor();
}

at::Tensor chosen(const at::Tensor& x, const at::Tensor& rows) {
    return rows.defined() ? x.index_select(0, rows) : x;
}

/// Back to all rows, zero where none was chosen.
at::Tensor spread(const at::Tensor& d_chosen, const at::Tensor& rows, std::int64_t count) {
    if (!rows.defined()) return d_chosen;
    return at::zeros({count, d_chosen.size(1)}, d_chosen.options()).index_copy_(0, rows, d_chosen);
}

/// norm(x + dropout(last(middle))).
at::Tensor go_out(const at::Tensor& x, const at::Tensor& middle, Kept& kept) {
    const PostNormInput& input = kept.input;
    at::Tensor branch =
        adapted_product(middle, input.last->weight(), input.last->bias(), kept.updates.last, kept.last_inner);
    kept.normed =
        add_and_norm(x, std::move(branch), *input.norm_weight, *input.norm_bias, input.epsilon, kept.bits);
    return kept.normed.y;
}

struct AttentionHalf {
    static at::Tensor forward(const at::Tensor& x, Kept& kept) {
        kept.x = x;
        kept.wide =
            adapted_product(x, *kept.input.wide, *kept.input.wide_bias, kept.updates.wide, kept.wide_inner);
        kept.attended = packed_attention(kept.wide, kept.shape);
        kept.middle = chosen(kept.attended.y, kept.rows);
        return go_out(chosen(x, kept.rows), kept.middle, kept);
    }

    static at::Tensor backward(const at::Tensor& dy, Kept& kept, bool wants_dx, variable_list& gradients) {
        auto [d_sums, d_branch] = add_and_norm_backward(dy, kept.normed, *kept.input.norm_weight, kept.bits);
        variable_list last;
        const at::Tensor d_middle = back_through(
            d_branch, kept.input.last->weight(), kept.updates.last, kept.last_inner,
            [&] { return kept.middle; }, /*residual=*/{}, /*wants_dx=*/true, last);
        const std::int64_t count = kept.x.size(0);
        const at::Tensor d_wide = packed_attention_backward(
            kept.wide, kept.attended, spread(d_middle, kept.rows, count), kept.shape);
        at::Tensor dx = back_through(
            d_wide, *kept.input.wide, kept.updates.wide, kept.wide_inner, [&] { return kept.x; },
            spread(d_sums, kept.rows, count), wants_dx, gradients);
        gradients.insert(gradients.end(), last.begin(), last.end());
        return dx;
    }
};

struct MlpHalf {
    static at::Tensor forward(const at::Tensor& x, Kept& kept) {
        kept.x = x;
        kept.wide =
            adapted_product(x, *kept.input.wide, *kept.input.wide_bias, kept.updates.wide, kept.wide_inner);
        return go_out(x, fused_activation(kept.wide, kept.activation), kept);
    }

    static at::Tensor backward(const at::Tensor& dy, Kept& kept, bool wants_dx, variable_list& gradients) {
        auto [d_sums, d_branch] = add_and_norm_backward(dy, kept.normed, *kept.input.norm_weight, kept.bits);
        variable_list last;
        const at::Tensor d_middle = back_through(
            d_branch, kept.input.last->weight(), kept.updates.last, kept.last_inner,
            [&] { return fused_activation(kept.wide, kept.activation); }, /*residual=*/{}, /*wants_dx=*/true,
            last);
        fused_activation_backward(kept.wide, d_middle, kept.activation);
        at::Tensor dx = back_through(
            kept.wide, *kept.input.wide, kept.updates.wide, kept.wide_inner, [&] { return kept.x; }, d_sums,
            wants_dx, gradients);
        gradients.insert(gradients.end(), last.begin(), last.end());
        return dx;
    }
};

} // namespace

at::Tensor fused_post_norm_attention(const at::Tensor& x, const PostNormInput& input,
    const AttentionShape& shape, const at::Tensor& rows, bool adapted) {
    const std::shared_ptr<Kept> kept = kept_of(input, adapted);
    kept->shape = shape;
    kept->rows = rows;
    return run_half<AttentionHalf>(x, trainable(kept->updates), kept);
}

at::Tensor fused_post_norm_mlp(
    const at::Tensor& x, const PostNormInput& input, Activation activation, bool adapted) {
    const std::shared_ptr<Kept> kept = kept_of(input, adapted);
    kept->activation = activation;
    return run_half<MlpHalf>(x, trainable(kept->updates), kept);
}

} // namespace lora
