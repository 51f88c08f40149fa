#include "engine/models/fused_blocks.h"

#include "engine/kernels/fused.h"
#include "engine/kernels/product.h"
#include "engine/models/fused_half.h"
#include "engine/models/low_rank_group.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

using torch::autograd::variable_list;

/// What the forward of a half leaves for its backward.
struct Kept {
    FusedInput input;
    HalfUpdates updates;
    at::Tensor x, inverse_rms;
    at::Tensor wide;          ///< the wide product: rotated q, k, v; gate, up
    at::Tensor wide_inner;    ///< A·norm(x) of its updates
    AttentionResult attended; ///< of the attention's half: y is the last linear's input
    at::Tensor last_inner;
    RotaryTables tables;
    AttentionShape shape;
};

/// norm(x) through the wide product with its updates; fills `kept` up to wide_inner.
void go_in(const at::Tensor& x, Kept& kept) {
    auto [normed, inverse_rms] = fused_rms_norm(x, *kept.input.norm, kept.input.epsilon);
    kept.x = x;
    kept.inverse_rms = inverse_rms;
    kept.wide_inner = inner_products(normed, kept.updates.wide);
    kept.wide = product(normed, *kept.input.wide,
        {*kept.input.wide_bias, {}, update_parts(kept.wide_inner, kept.updates.wide)});
}

/// x + last(middle).
at::Tensor go_out(const at::Tensor& x, const at::Tensor& middle, Kept& kept) {
    kept.last_inner = inner_products(middle, kept.updates.last);
    return product(middle, kept.input.last->weight(),
        {kept.input.last->bias(), x, update_parts(kept.last_inner, kept.updates.last)});
}

/// The gradient of a product's input, through the frozen weight and the updates.
at::Tensor through(const at::Tensor& dy, const at::Tensor& weight, const GroupGradients& updates) {
    return product_turned(dy, weight, {{}, {}, updates.through});
}

GroupGradients last_gradients(const at::Tensor& dy, const at::Tensor& middle, const Kept& kept) {
    return group_gradients(dy, middle, kept.last_inner, kept.updates.last);
}

/// From the wide product's gradient to x's, with the residual's dy added; fills the updates'
/// gradients.
at::Tensor back_in(const at::Tensor& d_wide, const at::Tensor& dy, const Kept& kept, bool wants_dx,
    variable_list& gradients) {
    GroupGradients updates;
    if (!kept.updates.wide.empty()) {
        const at::Tensor normed = fused_rms_norm(kept.x, *kept.input.norm, kept.input.epsilon).first;
        updates = group_gradients(d_wide, normed, kept.wide_inner, kept.updates.wide);
        append(updates, gradients);
    }
    if (!wants_dx) return {};
    return fused_rms_norm_backward(
        dy, through(d_wide, *kept.input.wide, updates), kept.x, *kept.input.norm, kept.inverse_rms);
}

struct AttentionHalf {
    static at::Tensor forward(const at::Tensor& x, Kept& kept) {
        go_in(x, kept);
        fused_rotate(kept.wide, kept.tables.cos, kept.tables.sin, kept.shape.heads + kept.shape.kv_heads,
            kept.shape.head_size, 1);
        kept.attended = packed_attention(kept.wide, kept.shape);
        return go_out(x, kept.attended.y, kept);
    }

    static at::Tensor backward(const at::Tensor& dy, Kept& kept, bool wants_dx, variable_list& gradients) {
        const GroupGradients last = last_gradients(dy, kept.attended.y, kept);
        const at::Tensor d_middle = through(dy, kept.input.last->weight(), last);
        at::Tensor d_wide = packed_attention_backward(kept.wide, kept.attended, d_middle, kept.shape);
        fused_rotate(d_wide, kept.tables.cos, kept.tables.sin, kept.shape.heads + kept.shape.kv_heads,
            kept.shape.head_size, -1);
        at::Tensor dx = back_in(d_wide, dy, kept, wants_dx, gradients);
        append(last, gradients);
        return dx;
    }
};

struct MlpHalf {
    static at::Tensor forward(const at::Tensor& x, Kept& kept) {
        go_in(x, kept);
        return go_out(x, fused_swiglu(kept.wide), kept);
    }

    static at::Tensor backward(const at::Tensor& dy, Kept& kept, bool wants_dx, variable_list& gradients) {
        GroupGradients last;
        if (!kept.updates.last.empty()) last = last_gradients(dy, fused_swiglu(kept.wide), kept);
        const at::Tensor d_middle = through(dy, kept.input.last->weight(), last);
        fused_swiglu_backward(kept.wide, d_middle, false);
        at::Tensor dx = back_in(kept.wide, dy, kept, wants_dx, gradients);
        append(last, gradients);
        return dx;
    }
};

} // namespace

at::Tensor fused_attention_half(const at::Tensor& x, const FusedInput& input, const RotaryTables& tables,
    const AttentionShape& shape, bool adapted) {
    auto kept = std::make_shared<Kept>();
    kept->input = input;
    kept->updates = updates_of(input.parts, *input.last, adapted);
    kept->tables = tables;
    kept->shape = shape;
    return run_half<AttentionHalf>(x, trainable(kept->updates), kept);
}

at::Tensor fused_mlp_half(const at::Tensor& x, const FusedInput& input, bool adapted) {
    auto kept = std::make_shared<Kept>();
    kept->input = input;
    kept->updates = updates_of(input.parts, *input.last, adapted);
    return run_half<MlpHalf>(x, trainable(kept->updates), kept);
}

} // namespace lora
