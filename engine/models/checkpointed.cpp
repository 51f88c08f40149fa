#include "engine/models/checkpointed.h"

#include <memory>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

using Block = std::function<at::Tensor(const at::Tensor&)>;

struct HeldBlock : torch::CustomClassHolder {
    explicit HeldBlock(std::shared_ptr<Block> what) : block(std::move(what)) {}
    std::shared_ptr<Block> block;
};

struct Checkpointed : torch::autograd::Function<Checkpointed> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::TensorList& trainable,
        const std::shared_ptr<Block>& block) {
        const c10::NoGradGuard no_gradient;
        variable_list saved{x};
        saved.insert(saved.end(), trainable.begin(), trainable.end());
        context->save_for_backward(saved);
        context->saved_data["block"] = c10::IValue::make_capsule(c10::intrusive_ptr<HeldBlock>::make(block));
        return (*block)(x);
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const variable_list saved = context->get_saved_variables();
        const auto holder = context->saved_data["block"].toCapsule();
        const c10::AutoGradMode with_gradient(true);
        const at::Tensor x = saved[0].detach().requires_grad_(context->needs_input_grad(0));
        const at::Tensor y = (*static_cast<HeldBlock*>(holder.get())->block)(x);

        variable_list wanted;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < saved.size(); ++i) {
            if (!context->needs_input_grad(i)) continue;
            wanted.push_back(i == 0 ? x : saved[i]);
            places.push_back(i);
        }
        variable_list all(saved.size() + 1); // none for `block`
        const variable_list found = torch::autograd::grad({y}, wanted, {gradients[0]});
        for (std::size_t i = 0; i < places.size(); ++i) all[places[i]] = found[i];
        context->saved_data.clear();
        return all;
    }
};

} // namespace

at::Tensor checkpointed(const at::Tensor& x, const std::vector<at::Tensor>& trainable, Block block) {
    return Checkpointed::apply(x, at::TensorList(trainable), std::make_shared<Block>(std::move(block)));
}

} // namespace lora
