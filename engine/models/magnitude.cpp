#include "engine/models/magnitude.h"

#include "engine/models/frozen_product.h"
#include "engine/models/kept_weight.h"
#include "engine/models/optional_tensor.h"

#include <algorithm>
#include <vector>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// y = W₀x + b + f ∘ t − W₀u with u = mask ∘ x, t = W₀u + scale · B(A u), f = magnitude / norms; without a
// mask f ∘ t + b. Saves t, from which the magnitude's gradient follows.
struct MagnitudeProduct : torch::autograd::Function<MagnitudeProduct> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
        const at::Tensor& A, const at::Tensor& B, const at::Tensor& magnitude, const at::Tensor& norms,
        const OptionalTensor& bias, const OptionalTensor& mask, double scale,
        const KeptWeight::Pointer& packed) {
        at::AutoDispatchBelowADInplaceOrView below;
        const FrozenWeight whole = weight_of(weight, packed);
        const at::Tensor u = mask ? x.to(A.scalar_type()).mul(*mask) : x.to(A.scalar_type());
        const at::Tensor inner = u.mm(A.t()); // [N, in] → [N, r]
        const at::Tensor frozen = frozen_product(mask ? u.to(x.scalar_type()) : x, whole).to(A.scalar_type());
        const at::Tensor t =
            mask ? frozen.addmm(inner, B.t(), 1, scale) : frozen.addmm_(inner, B.t(), 1, scale);
        const at::Tensor factor = magnitude / norms;
        at::Tensor y = t * factor;
        if (mask) y.add_(frozen_product(x, whole)).sub_(frozen);
        if (bias) y.add_(*bias);
        context->save_for_backward({x, weight, A, B, factor, norms, inner, t, mask.value_or(at::Tensor())});
        context->saved_data["scale"] = scale;
        keep(context, packed);
        return y.to(x.scalar_type());
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &weight = saved[1], &A = saved[2], &B = saved[3], &factor = saved[4],
                         &norms = saved[5], &inner = saved[6], &t = saved[7], &mask = saved[8];
        const double scale = context->saved_data["scale"].toDouble();
        const at::Tensor dy = gradients[0].contiguous().to(A.scalar_type());
        const at::Tensor dt = dy * factor;
        const at::Tensor d_inner = dt.mm(B).mul_(scale); // [N, out] → [N, r]

        at::Tensor dx, dA, dB, d_magnitude;
        if (context->needs_input_grad(2)) {
            const at::Tensor u = x.to(A.scalar_type());
            dA = d_inner.t().mm(mask.defined() ? u.mul(mask) : u);
        }
        if (context->needs_input_grad(3)) dB = dt.t().mm(inner).mul_(scale);
        if (context->needs_input_grad(4)) d_magnitude = (dy * t).sum(0).div_(norms);
        if (context->needs_input_grad(0)) {
            const FrozenWeight whole = kept_weight(context, weight);
            const auto through = [&](const at::Tensor& d) {
                return frozen_product_backward(d.to(whole.type()), whole);
            };
            if (mask.defined())
                dx = through(dy).add(through(dt - dy).to(A.scalar_type()).add_(d_inner.mm(A)).mul_(mask));
            else
                dx = through(dt).add(d_inner.mm(A));
            dx = dx.to(x.scalar_type());
        }
        return {dx, {}, dA, dB, d_magnitude, {}, {}, {}, {}, {}};
    }
};

} // namespace

at::Tensor row_norms(const FrozenWeight& weight, const LowRank& update) {
    constexpr std::int64_t rows_at_once = 1024; // no copy of a whole large weight
    const c10::NoGradGuard no_gradient;
    const at::Tensor A = update.A.detach(), B = update.B.detach();
    const at::Tensor gram = A.mm(A.t()).mul_(update.scale * update.scale);
    std::vector<at::Tensor> squares;
    for (std::int64_t first = 0; first < weight.rows(); first += rows_at_once) {
        const std::int64_t count = std::min(rows_at_once, weight.rows() - first);
        const at::Tensor W = weight.some(first, count).to(A.scalar_type());
        const at::Tensor b = B.narrow(0, first, W.size(0));
        const at::Tensor through = W.mm(A.t()).mul_(2 * update.scale).add_(b.mm(gram));
        squares.push_back(W.square().sum(1) + (through * b).sum(1));
    }
    return at::cat(squares).clamp_min_(0).sqrt_().clamp_min_(1e-30); // a row that is zero stays so
}

at::Tensor weight_change(const at::Tensor& weight, const LowRank& update) {
    const c10::NoGradGuard no_gradient;
    LowRank there = update;
    for (at::Tensor* part : {&there.A, &there.B, &there.magnitude})
        if (part->defined()) *part = part->detach().to(at::kCPU);
    const auto wide = [](const at::Tensor& tensor) { return tensor.to(at::kDouble); };
    at::Tensor product = wide(there.B).mm(wide(there.A)).mul_(there.scale);
    if (!there.magnitude.defined()) return product;
    const at::Tensor there_weight = weight.detach().to(at::kCPU);
    const at::Tensor factor = wide(there.magnitude / row_norms(there_weight, there)).unsqueeze(1);
    return wide(there_weight).mul(factor - 1).addcmul_(product, factor);
}

at::Tensor magnitude_product(const at::Tensor& x, const FrozenWeight& weight, const at::Tensor& bias,
    const LowRank& update, const at::Tensor& norms, const at::Tensor& mask) {
    return MagnitudeProduct::apply(x, argument_of(weight), update.A, update.B, update.magnitude, norms,
        optional(bias), optional(mask), update.scale, KeptWeight::of(weight));
}

} // namespace lora
