#include "engine/blocks/kernel_attention.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct AttentionTape : torch::CustomClassHolder {
    AttentionShape shape;
    at::Tensor wide; ///< [N, 3·H·E]
    AttentionResult result;
};

struct PackedStep : torch::autograd::Function<PackedStep> {
    static at::Tensor forward(
        AutogradContext* context, const at::Tensor& wide, const c10::intrusive_ptr<AttentionTape>& tape) {
        at::AutoDispatchBelowADInplaceOrView below;
        tape->wide = wide.detach();
        tape->result = packed_attention(wide, tape->shape);
        context->saved_data["tape"] = c10::IValue::make_capsule(tape);
        return tape->result.y.view_as(tape->result.y); // the tape's own is no output: it would hold itself
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto holder = context->saved_data["tape"].toCapsule();
        const auto& tape = *static_cast<const AttentionTape*>(holder.get());
        variable_list all{
            packed_attention_backward(tape.wide, tape.result, gradients[0].contiguous(), tape.shape), {}};
        context->saved_data.clear();
        return all;
    }
};

} // namespace

at::Tensor kernel_attention(
    const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionShape& shape) {
    const std::int64_t rows = q.size(0), heads = q.size(1), size = q.size(2), value_size = v.size(2);
    const at::Tensor values = value_size < size ? at::constant_pad_nd(v, {0, size - value_size}) : v;
    const auto tape = c10::make_intrusive<AttentionTape>();
    tape->shape = shape;
    const at::Tensor y = PackedStep::apply(at::cat({q, k, values}, 1).view({rows, 3 * heads * size}), tape);
    return y.view({rows, heads, size}).narrow(2, 0, value_size).reshape({rows, heads * value_size});
}

} // namespace lora
