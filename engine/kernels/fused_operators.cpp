#include "engine/kernels/fused_operators.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

at::Tensor wide(const at::Tensor& x) { return x.scalar_type() == at::kDouble ? x : x.to(at::kFloat); }

} // namespace

std::pair<at::Tensor, at::Tensor> rms_norm_by_operators(
    const at::Tensor& x, const at::Tensor& weight, double epsilon) {
    const at::Tensor in = wide(x);
    const at::Tensor inverse = in.square().mean(1).add_(epsilon).rsqrt_();
    return {in.mul(inverse.unsqueeze(1)).mul_(wide(weight)).to(x.scalar_type()), inverse};
}

// With n = x · s and g = w ∘ dy: dx = s · (g − n · mean(g ∘ n)).
at::Tensor rms_norm_backward_by_operators(const at::Tensor& residual, const at::Tensor& dy,
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& inverse_rms) {
    const at::Tensor inverse = inverse_rms.unsqueeze(1);
    const at::Tensor n = wide(x).mul(inverse), g = wide(dy).mul(wide(weight));
    const at::Tensor dx = g.sub(n.mul(g.mul(n).mean(1, true))).mul_(inverse);
    return dx.add_(residual).to(x.scalar_type());
}

void rotate_by_operators(at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin, std::int64_t heads,
    std::int64_t head_size, double direction) {
    const at::Tensor halves =
        rows.narrow(1, 0, heads * head_size).unflatten(1, {heads, 2, head_size / 2}); // [N, heads, 2, half]
    at::Tensor first = halves.select(2, 0), second = halves.select(2, 1);
    const at::Tensor a = wide(first).clone(), b = wide(second).clone();
    const at::Tensor c = cos.unsqueeze(1), s = sin.unsqueeze(1).mul(direction);
    first.copy_(a.mul(c).sub_(b.mul(s)));
    second.copy_(b.mul(c).add_(a.mul(s)));
}

at::Tensor swiglu_by_operators(const at::Tensor& gate_up) {
    const std::int64_t width = gate_up.size(1) / 2;
    const at::Tensor gate = wide(gate_up.narrow(1, 0, width)), up = wide(gate_up.narrow(1, width, width));
    return at::silu(gate).mul_(up).to(gate_up.scalar_type());
}

at::Tensor swiglu_backward_by_operators(at::Tensor& gate_up, const at::Tensor& dy, bool wants_y) {
    const std::int64_t width = gate_up.size(1) / 2;
    at::Tensor d_gate = gate_up.narrow(1, 0, width), d_up = gate_up.narrow(1, width, width);
    const at::Tensor gate = wide(d_gate).clone(), up = wide(d_up).clone(), d = wide(dy);
    const at::Tensor s = at::sigmoid(gate), silu = gate.mul(s);
    d_gate.copy_(s.add(silu.mul(s.neg().add_(1))).mul_(up).mul_(d));
    d_up.copy_(silu.mul(d));
    return wants_y ? silu.mul(up).to(dy.scalar_type()) : at::Tensor();
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
