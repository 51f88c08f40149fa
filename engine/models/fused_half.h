#pragma once
// A half of a block as one step of autograd with a hand-written backward. `Half` has
//   static at::Tensor forward(const at::Tensor& x, Kept& kept);
//   static at::Tensor backward(const at::Tensor& dy, Kept& kept, bool wants_dx, variable_list& gradients);
// and fills in `Kept` what its backward needs. `gradients` get one entry for each trainable tensor, in order.
// The backward may overwrite what was kept: it runs once.

#include <memory>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

template <class Half, class Kept>
struct FusedHalf : torch::autograd::Function<FusedHalf<Half, Kept>> {
    using variable_list = torch::autograd::variable_list;

    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
        const at::TensorList& /*trainable: for autograd to see*/, const std::shared_ptr<Kept>& kept) {
        at::AutoDispatchBelowADInplaceOrView below;
        at::Tensor y = Half::forward(x, *kept);
        context->saved_data["kept"] = c10::IValue::make_capsule(c10::intrusive_ptr<Holder>::make(kept));
        return y;
    }

    static variable_list backward(torch::autograd::AutogradContext* context, variable_list gradients) {
        const auto holder = context->saved_data["kept"].toCapsule();
        Kept& kept = *static_cast<Holder*>(holder.get())->kept;
        variable_list updates;
        const at::Tensor dx =
            Half::backward(gradients[0].contiguous(), kept, context->needs_input_grad(0), updates);
        variable_list all{dx};
        all.insert(all.end(), updates.begin(), updates.end());
        all.emplace_back(); // none for `kept`
        context->saved_data.clear();
        return all;
    }

    struct Holder : torch::CustomClassHolder {
        explicit Holder(std::shared_ptr<Kept> what) : kept(std::move(what)) {}
        std::shared_ptr<Kept> kept;
    };
};

/// Through autograd where anything wants a gradient, directly otherwise.
template <class Half, class Kept>
at::Tensor run_half(
    const at::Tensor& x, const std::vector<at::Tensor>& trainable, const std::shared_ptr<Kept>& kept) {
    bool graph = x.requires_grad();
    for (const at::Tensor& tensor : trainable) graph = graph || tensor.requires_grad();
    if (!graph || !c10::GradMode::is_enabled()) return Half::forward(x, *kept);
    return FusedHalf<Half, Kept>::apply(x, at::TensorList(trainable), kept);
}

} // namespace lora
