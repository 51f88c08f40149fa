#include "engine/kernels/fused_operators.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

at::Tensor wide(const at::Tensor& x) { return x.scalar_type() == at::kDouble ? x : x.to(at::kFloat); }

at::Tensor with_residual(const at::Tensor& dx, const at::Tensor& residual, at::ScalarType type) {
    return (residual.defined() ? dx.add(residual) : dx).to(type);
}

/// An activation's slope at x.
at::Tensor slope_of(const at::Tensor& x, Activation activation) {
    const at::Tensor ones = at::ones_like(x);
    switch (activation) {
    case Activation::Silu: return at::silu_backward(ones, x);
    case Activation::Gelu: return at::gelu_backward(ones, x);
    case Activation::GeluTanh: return at::gelu_backward(ones, x, "tanh");
    case Activation::Relu: return x.gt(0).to(x.scalar_type());
    case Activation::ReluSquared: break;
    }
    return at::relu(x).mul_(2);
}

} // namespace

at::Tensor activated(const at::Tensor& x, Activation activation) {
    switch (activation) {
    case Activation::Silu: return at::silu(x);
    case Activation::Gelu: return at::gelu(x);
    case Activation::GeluTanh: return at::gelu(x, "tanh");
    case Activation::Relu: return at::relu(x);
    case Activation::ReluSquared: break;
    }
    return at::relu(x).square();
}

std::pair<at::Tensor, at::Tensor> rms_norm_by_operators(
    const at::Tensor& x, const at::Tensor& weight, double epsilon, double offset) {
    const at::Tensor in = wide(x);
    const at::Tensor inverse = in.square().mean(1).add_(epsilon).rsqrt_();
    return {in.mul(inverse.unsqueeze(1)).mul_(wide(weight).add(offset)).to(x.scalar_type()), inverse};
}

// With n = x · s and g = (w + offset) ∘ dy: dx = s · (g − n · mean(g ∘ n)).
at::Tensor rms_norm_backward_by_operators(const at::Tensor& residual, const at::Tensor& dy,
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& inverse_rms, double offset) {
    const at::Tensor inverse = inverse_rms.unsqueeze(1);
    const at::Tensor n = wide(x).mul(inverse), g = wide(dy).mul(wide(weight).add(offset));
    return with_residual(g.sub(n.mul(g.mul(n).mean(1, true))).mul_(inverse), residual, x.scalar_type());
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> layer_norm_by_operators(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon) {
    const at::Tensor in = wide(x), mean = in.mean(1), away = in.sub(mean.unsqueeze(1));
    const at::Tensor inverse = away.square().mean(1).add_(epsilon).rsqrt_();
    const at::Tensor scaled = away.mul(inverse.unsqueeze(1)).mul_(wide(weight));
    return {(bias.defined() ? scaled.add(bias) : scaled).to(x.scalar_type()), mean, inverse};
}

// With n = (x − mean) · s and g = w ∘ dy: dx = s · (g − mean(g) − n · mean(g ∘ n)).
at::Tensor layer_norm_backward_by_operators(const at::Tensor& residual, const at::Tensor& dy,
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& mean, const at::Tensor& inverse) {
    const at::Tensor s = inverse.unsqueeze(1);
    const at::Tensor n = wide(x).sub(mean.unsqueeze(1)).mul_(s), g = wide(dy).mul(wide(weight));
    const at::Tensor dx = g.sub(g.mean(1, true)).sub_(n.mul(g.mul(n).mean(1, true))).mul_(s);
    return with_residual(dx, residual, x.scalar_type());
}

void rotate_by_operators(at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin, std::int64_t heads,
    std::int64_t head_size, bool neighbours, double direction) {
    const std::int64_t pairs = cos.size(1);
    const at::Tensor turning = rows.narrow(1, 0, heads * head_size)
                                   .unflatten(1, {heads, head_size})
                                   .narrow(2, 0, 2 * pairs); // [N, heads, 2·pairs]
    const at::Tensor apart = neighbours ? turning.unflatten(2, {pairs, 2}).transpose(2, 3)
                                        : turning.unflatten(2, {2, pairs}); // [N, heads, 2, pairs]
    at::Tensor first = apart.select(2, 0), second = apart.select(2, 1);
    const at::Tensor a = wide(first).clone(), b = wide(second).clone();
    const at::Tensor c = cos.unsqueeze(1), s = sin.unsqueeze(1).mul(direction);
    first.copy_(a.mul(c).sub_(b.mul(s)));
    second.copy_(b.mul(c).add_(a.mul(s)));
}

at::Tensor gated_by_operators(const at::Tensor& gate_up, Activation activation) {
    const std::int64_t width = gate_up.size(1) / 2;
    const at::Tensor gate = wide(gate_up.narrow(1, 0, width)), up = wide(gate_up.narrow(1, width, width));
    return activated(gate, activation).mul(up).to(gate_up.scalar_type());
}

at::Tensor gated_backward_by_operators(
    at::Tensor& gate_up, const at::Tensor& dy, Activation activation, bool wants_y) {
    const std::int64_t width = gate_up.size(1) / 2;
    at::Tensor d_gate = gate_up.narrow(1, 0, width), d_up = gate_up.narrow(1, width, width);
    const at::Tensor gate = wide(d_gate).clone(), up = wide(d_up).clone(), d = wide(dy);
    const at::Tensor open = activated(gate, activation);
    d_gate.copy_(slope_of(gate, activation).mul_(up).mul_(d));
    d_up.copy_(open.mul(d));
    return wants_y ? open.mul(up).to(dy.scalar_type()) : at::Tensor();
}

at::Tensor activation_by_operators(const at::Tensor& x, Activation activation) {
    return activated(wide(x), activation).to(x.scalar_type());
}

void activation_backward_by_operators(at::Tensor& x, const at::Tensor& dy, Activation activation) {
    x.copy_(slope_of(wide(x), activation).mul_(wide(dy)));
}

at::Tensor cross_entropy_by_operators(at::Tensor& logits, const at::Tensor& targets, bool gradient) {
    const at::Tensor wanted = targets.clamp_min(0).unsqueeze(1); // [rows, 1]
    const at::Tensor nothing = targets.lt(0);
    at::Tensor log_p = at::log_softmax(wide(logits), 1);
    const at::Tensor losses = log_p.gather(1, wanted).neg_().squeeze(1);
    if (gradient) {
        at::Tensor d_logits = log_p.exp_();
        d_logits.scatter_add_(1, wanted, at::full_like(wanted, -1.0, d_logits.options()));
        logits.copy_(d_logits.masked_fill_(nothing.unsqueeze(1), 0));
    }
    return losses.masked_fill(nothing, 0);
}

void add_low_rank_by_operators(
    at::Tensor& y, std::int64_t offset, const at::Tensor& inner, const at::Tensor& factor, double scale) {
    at::Tensor columns = y.narrow(1, offset, factor.size(1));
    columns.copy_(at::addmm(wide(columns), inner, factor, 1, scale));
}

} // namespace lora
