#include "engine/models/frozen_product.h"

#include "engine/kernels/product.h"
#include "engine/models/kept_weight.h"
#include "engine/models/optional_tensor.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// y = x wᵀ + bias, all in two dimensions.
struct LinearProduct : torch::autograd::Function<LinearProduct> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& w,
        const OptionalTensor& bias, const KeptWeight::Pointer& packed) {
        at::AutoDispatchBelowADInplaceOrView below;
        context->save_for_backward({x, w});
        context->saved_data["has_bias"] = bias.has_value();
        keep(context, packed);
        return frozen_product(x, weight_of(w, packed), bias.value_or(at::Tensor()));
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &w = saved[1];
        const at::Tensor dy = gradients[0].contiguous();
        at::Tensor dx, dw, d_bias;
        if (context->needs_input_grad(0)) dx = frozen_product_backward(dy, kept_weight(context, w));
        if (context->needs_input_grad(1)) dw = outer_product(dy.to(at::kFloat), x).to(w.scalar_type());
        if (context->saved_data["has_bias"].toBool() && context->needs_input_grad(2)) d_bias = dy.sum(0);
        return {dx, dw, d_bias, {}};
    }
};

} // namespace

at::Tensor frozen_product(const at::Tensor& x, const FrozenWeight& w, const at::Tensor& bias) {
    if (w.is_packed() || aten_multiplies_slowly(x) || are_few_rows(x, w))
        return product(x, w, {bias, {}, {}});
    return at::linear(x, w.plain, optional(bias));
}

at::Tensor frozen_product_backward(const at::Tensor& dy, const FrozenWeight& w) {
    return w.is_packed() || aten_multiplies_slowly(dy) ? product_transposed(dy, w) : dy.mm(w.plain);
}

at::Tensor linear_product(const at::Tensor& x, const FrozenWeight& w, const at::Tensor& bias) {
    const at::Tensor rows = x.reshape({-1, x.size(-1)});
    const bool few = !c10::GradMode::is_enabled() && are_few_rows(rows, w);
    if (!w.is_packed() && !few && !aten_multiplies_slowly(x)) return at::linear(x, w.plain, optional(bias));
    const at::Tensor y = c10::GradMode::is_enabled() ? at::Tensor(
                             LinearProduct::apply(rows, argument_of(w), optional(bias), KeptWeight::of(w)))
                                                     : frozen_product(rows, w, bias);
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = w.rows();
    return y.view(shape);
}

} // namespace lora
