#include "engine/models/checkpointed.h"

#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// x in pinned memory of the host: the copy goes on beside what the GPU does next.
at::Tensor in_host_memory(const at::Tensor& x) {
    if (x.is_cpu()) return x;
    at::Tensor copy = at::empty(x.sizes(), x.options().device(at::kCPU).pinned_memory(true));
    return copy.copy_(x, /*non_blocking=*/true);
}

/// What the backward runs the block with once more.
struct Again : torch::CustomClassHolder {
    Again(BlockForward what, const Pass& at_start) : forward(std::move(what)), pass(at_start) {
        if (pass.generator) pass.generator = pass.generator->clone();
        pass.profile = nullptr; // the time is the backward's
    }
    BlockForward forward;
    Pass pass;
};

struct Checkpointed : torch::autograd::Function<Checkpointed> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::TensorList& trainable,
        const Pass& pass, const BlockForward& forward) {
        const c10::NoGradGuard no_gradient;
        variable_list saved{pass.activation_offload ? in_host_memory(x) : x};
        saved.insert(saved.end(), trainable.begin(), trainable.end());
        context->save_for_backward(saved);
        context->saved_data["again"] =
            c10::IValue::make_capsule(c10::intrusive_ptr<Again>::make(forward, pass));
        return forward(x, pass);
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const variable_list saved = context->get_saved_variables();
        const auto holder = context->saved_data["again"].toCapsule();
        const auto& again = *static_cast<Again*>(holder.get());
        const c10::AutoGradMode with_gradient(true);
        const at::Tensor x = saved[0]
                                 .to(gradients[0].device(), /*non_blocking=*/true)
                                 .detach()
                                 .requires_grad_(context->needs_input_grad(0));
        const at::Tensor y = again.forward(x, again.pass);

        variable_list wanted;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < saved.size(); ++i) {
            if (!context->needs_input_grad(i)) continue;
            wanted.push_back(i == 0 ? x : saved[i]);
            places.push_back(i);
        }
        variable_list all(saved.size() + 2); // none for the pass and the block
        // An expert that no token chose takes no part.
        const variable_list found = torch::autograd::grad({y}, wanted, {gradients[0]},
            /*retain_graph=*/std::nullopt, /*create_graph=*/false, /*allow_unused=*/true);
        for (std::size_t i = 0; i < places.size(); ++i) all[places[i]] = found[i];
        context->saved_data.clear();
        return all;
    }
};

} // namespace

at::Tensor run_block(const at::Tensor& x, const std::vector<const Linear*>& linears, const Pass& pass,
    const BlockForward& forward) {
    if (!pass.gradient_checkpointing) return forward(x, pass);
    return Checkpointed::apply(x, at::TensorList(trainable(linears, pass)), pass, forward);
}

} // namespace lora
