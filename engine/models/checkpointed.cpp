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
    static variable_list forward(AutogradContext* context, const at::TensorList& in,
        const at::TensorList& trainable, const Pass& pass, const BlockForward& forward) {
        const c10::NoGradGuard no_gradient;
        variable_list saved = in.vec();
        if (pass.activation_offload) saved[0] = in_host_memory(saved[0]);
        saved.insert(saved.end(), trainable.begin(), trainable.end());
        context->save_for_backward(saved);
        context->saved_data["inputs"] = static_cast<std::int64_t>(in.size());
        context->saved_data["again"] =
            c10::IValue::make_capsule(c10::intrusive_ptr<Again>::make(forward, pass));
        return forward(in.vec(), pass);
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const variable_list saved = context->get_saved_variables();
        const auto inputs = static_cast<std::size_t>(context->saved_data["inputs"].toInt());
        const auto holder = context->saved_data["again"].toCapsule();
        const auto& again = *static_cast<Again*>(holder.get());
        const c10::AutoGradMode with_gradient(true);
        variable_list in;
        for (std::size_t i = 0; i < inputs; ++i)
            in.push_back(saved[i]
                             .to(gradients[0].device(), /*non_blocking=*/true)
                             .detach()
                             .requires_grad_(context->needs_input_grad(i)));
        const variable_list out = again.forward(in, again.pass);

        variable_list wanted;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < saved.size(); ++i) {
            if (!context->needs_input_grad(i)) continue;
            wanted.push_back(i < inputs ? in[i] : saved[i]);
            places.push_back(i);
        }
        variable_list ends, d_ends; // keys and values that nothing trained reaches take no part
        for (std::size_t i = 0; i < out.size(); ++i) {
            if (!out[i].requires_grad()) continue;
            ends.push_back(out[i]);
            d_ends.push_back(gradients[i]);
        }
        variable_list all(saved.size() + 2); // none for the pass and the block
        // An expert that no token chose takes no part.
        const variable_list found = torch::autograd::grad(ends, wanted, d_ends,
            /*retain_graph=*/std::nullopt, /*create_graph=*/false, /*allow_unused=*/true);
        for (std::size_t i = 0; i < places.size(); ++i) all[places[i]] = found[i];
        context->saved_data.clear();
        return all;
    }
};

} // namespace

std::vector<at::Tensor> run_block(const std::vector<at::Tensor>& in,
    const std::vector<const Linear*>& linears, const Pass& pass, const BlockForward& forward) {
    if (!pass.gradient_checkpointing) return forward(in, pass);
    return Checkpointed::apply(at::TensorList(in), at::TensorList(trainable(linears, pass)), pass, forward);
}

} // namespace lora
