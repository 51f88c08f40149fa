#include "engine/models/frozen_product.h"

#include "engine/kernels/product.h"
#include "engine/models/optional_tensor.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// y = x wᵀ + bias, all in two dimensions.
struct LinearProduct : torch::autograd::Function<LinearProduct> {
    static at::Tensor forward(
        AutogradContext* context, const at::Tensor& x, const at::Tensor& w, const OptionalTensor& bias) {
        at::AutoDispatchBelowADInplaceOrView below;
        context->save_for_backward({x, w});
        context->saved_data["has_bias"] = bias.has_value();
        return frozen_product(x, w, bias.value_or(at::Tensor()));
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &w = saved[1];
        const at::Tensor dy = gradients[0].contiguous();
        at::Tensor dx, dw, d_bias;
        if (context->needs_input_grad(0)) dx = frozen_product_backward(dy, w);
        if (context->needs_input_grad(1)) dw = outer_product(dy.to(at::kFloat), x).to(w.scalar_type());
        if (context->saved_data["has_bias"].toBool() && context->needs_input_grad(2)) d_bias = dy.sum(0);
        return {dx, dw, d_bias};
    }
};

} // namespace

at::Tensor frozen_product(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias) {
    if (aten_multiplies_slowly(x)) return product(x, w, {bias, {}, {}});
    return at::linear(x, w, optional(bias));
}

at::Tensor frozen_product_backward(const at::Tensor& dy, const at::Tensor& w) {
    return aten_multiplies_slowly(dy) ? product_transposed(dy, w) : dy.mm(w);
}

at::Tensor linear_product(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias) {
    if (!aten_multiplies_slowly(x)) return at::linear(x, w, optional(bias));
    const at::Tensor y = LinearProduct::apply(x.reshape({-1, x.size(-1)}), w, optional(bias));
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = w.size(0);
    return y.view(shape);
}

} // namespace lora
