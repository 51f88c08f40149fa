#include "engine/models/causal_convolution.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor in_float32(const at::Tensor& x) { return x.to(at::promoteTypes(x.scalar_type(), at::kFloat)); }

/// The weight with the tap of `back` tokens before in row `back`, [K, C].
at::Tensor taps_of(const at::Tensor& weight) {
    return in_float32(weight).squeeze(1).t().flip(0).contiguous();
}

/// 1 for each row behind the first `back` whose sample reaches so far back, else 0; [N - back, 1].
at::Tensor reach(const at::Tensor& positions, std::int64_t back, at::ScalarType type) {
    const std::int64_t rows = positions.size(0) - back;
    return positions.narrow(0, back, rows).ge(back).to(type).unsqueeze(1);
}

/// How many taps can meet a token at all.
std::int64_t taps_in_reach(const at::Tensor& taps, std::int64_t rows) { return std::min(taps.size(0), rows); }

struct Convolve : torch::autograd::Function<Convolve> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
        const at::Tensor& positions) {
        at::AutoDispatchBelowADInplaceOrView below;
        context->save_for_backward({x, weight, positions});
        const at::Tensor in = in_float32(x), taps = taps_of(weight);
        at::Tensor y = in * taps[0];
        for (std::int64_t back = 1; back < taps_in_reach(taps, x.size(0)); ++back) {
            const std::int64_t rows = x.size(0) - back;
            const at::Tensor before = in.narrow(0, 0, rows) * reach(positions, back, in.scalar_type());
            y.narrow(0, back, rows).addcmul_(before, taps[back]);
        }
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor &dy = gradients[0], &positions = saved[2];
        const at::Tensor in = in_float32(saved[0]), taps = taps_of(saved[1]);
        const bool wants_weight = context->needs_input_grad(1);
        at::Tensor dx = dy * taps[0];
        at::Tensor d_taps = at::zeros_like(taps);
        if (wants_weight) d_taps[0].copy_((dy * in).sum(0));
        for (std::int64_t back = 1; back < taps_in_reach(taps, in.size(0)); ++back) {
            const std::int64_t rows = in.size(0) - back;
            const at::Tensor reached = dy.narrow(0, back, rows) * reach(positions, back, dy.scalar_type());
            dx.narrow(0, 0, rows).addcmul_(reached, taps[back]);
            if (wants_weight) d_taps[back].copy_((reached * in.narrow(0, 0, rows)).sum(0));
        }
        const at::Tensor d_weight =
            wants_weight ? d_taps.flip(0).t().unsqueeze(1).to(saved[1].scalar_type()) : at::Tensor();
        return {dx.to(saved[0].scalar_type()), d_weight, {}};
    }
};

} // namespace

at::Tensor causal_convolution(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& positions) {
    const at::Tensor y = Convolve::apply(x, weight, positions);
    return (bias.defined() ? y + bias : y).to(x.scalar_type());
}

at::Tensor continued_convolution(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, at::Tensor& last_rows) {
    const std::int64_t before = weight.size(2) - 1;
    if (!last_rows.defined()) last_rows = at::zeros({before, x.size(1)}, x.options());
    const at::Tensor all = at::cat({last_rows, x});
    const at::Tensor places = at::arange(all.size(0), all.options().dtype(at::kLong));
    last_rows = all.narrow(0, x.size(0), before).clone();
    return causal_convolution(all, weight, bias, places).narrow(0, before, x.size(0));
}

} // namespace lora
