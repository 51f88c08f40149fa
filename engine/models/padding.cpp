#include "engine/models/padding.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Its gradient is a plain gather.
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

} // namespace

at::Tensor with_padding(const at::Tensor& rows, const at::Tensor& to_padded, const at::Tensor& from_padded) {
    return Pad::apply(rows, to_padded, from_padded);
}

at::Tensor without_padding(const at::Tensor& padded, const at::Tensor& from_padded) {
    return Unpad::apply(padded, from_padded);
}

} // namespace lora
