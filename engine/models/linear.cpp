#include "engine/models/linear.h"

#include "engine/error.h"
#include "engine/models/frozen_product.h"
#include "engine/models/kept_weight.h"
#include "engine/models/magnitude.h"
#include "engine/models/optional_tensor.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// y = W x + b + scale · B(A(mask ∘ x)); saves x, A x and nothing of W's size.
struct AdaptedLinear : torch::autograd::Function<AdaptedLinear> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
        const at::Tensor& A, const at::Tensor& B, const OptionalTensor& bias, const OptionalTensor& mask,
        double scale, const KeptWeight::Pointer& packed) {
        at::AutoDispatchBelowADInplaceOrView below;
        const at::Tensor update_input = mask ? x.to(A.scalar_type()).mul(*mask) : x.to(A.scalar_type());
        const at::Tensor inner = update_input.mm(A.t()); // [N, in] → [N, r]
        at::Tensor y = frozen_product(x, weight_of(weight, packed), bias.value_or(at::Tensor()));
        if (y.scalar_type() == B.scalar_type())
            y.addmm_(inner, B.t(), 1, scale);
        else
            y.add_(inner.mm(B.t()), scale);
        context->save_for_backward({x, weight, A, B, inner, mask.value_or(at::Tensor())});
        context->saved_data["scale"] = scale;
        keep(context, packed);
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &weight = saved[1], &A = saved[2], &B = saved[3], &inner = saved[4],
                         &mask = saved[5];
        const double scale = context->saved_data["scale"].toDouble();
        const at::Tensor dy = gradients[0].contiguous();
        const at::Tensor dy_update = dy.to(A.scalar_type());
        const at::Tensor d_inner = dy_update.mm(B).mul_(scale); // [N, out] → [N, r]

        at::Tensor dx, dA, dB;
        if (context->needs_input_grad(2)) {
            const at::Tensor update_input = x.to(A.scalar_type());
            dA = d_inner.t().mm(mask.defined() ? update_input.mul(mask) : update_input);
        }
        if (context->needs_input_grad(3)) dB = dy_update.t().mm(inner).mul_(scale);
        if (context->needs_input_grad(0)) {
            dx = frozen_product_backward(dy, kept_weight(context, weight));
            at::Tensor through_update = d_inner.mm(A);
            if (mask.defined()) through_update.mul_(mask);
            dx.add_(through_update);
        }
        return {dx, {}, dA, dB, {}, {}, {}, {}};
    }
};

// Zeros with probability p, 1 / (1 − p) elsewhere.
at::Tensor dropout_mask(const at::Tensor& x, const LowRank& update, const Pass& pass) {
    if (!pass.training || update.dropout <= 0) return {};
    if (!pass.generator) throw Error("dropout needs the pass's generator");
    at::Tensor mask = at::empty(x.sizes(), x.options().dtype(update.A.scalar_type()));
    mask.bernoulli_(1 - update.dropout, pass.generator);
    return mask.div_(1 - update.dropout);
}

// Whether each begins where the one before it ends.
bool lie_in_a_row(const std::vector<at::Tensor*>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const at::Tensor& part = *parts[i];
        if (!part.is_contiguous() || part.is_meta() || !part.is_alias_of(*parts[0])) return false;
        if (i > 0 && part.storage_offset() != parts[i - 1]->storage_offset() + parts[i - 1]->numel())
            return false;
    }
    return true;
}

// The parts below each other in one tensor; each part becomes a view of its rows of it. Where they lie that
// way already nothing is replaced, so that tensors which autograd accumulates gradients for stay the same.
at::Tensor joined(const std::vector<at::Tensor*>& parts) {
    const c10::NoGradGuard no_gradient;
    std::vector<std::int64_t> shape = parts[0]->sizes().vec();
    shape[0] = 0;
    for (const at::Tensor* part : parts) shape[0] += part->size(0);
    if (lie_in_a_row(parts))
        return parts[0]->detach().as_strided(shape, parts[0]->strides(), parts[0]->storage_offset());
    std::vector<at::Tensor> values;
    for (const at::Tensor* part : parts) values.push_back(part->detach());
    at::Tensor wide = at::cat(values);
    std::int64_t row = 0;
    for (at::Tensor* part : parts) {
        const std::int64_t rows = part->size(0);
        *part = wide.narrow(0, row, rows);
        row += rows;
    }
    return wide;
}

} // namespace

NamedParameter named_weight(const std::string& path, std::int64_t layer, FrozenWeight& weight) {
    return {path, layer, &weight.plain, weight.is_packed() ? &weight : nullptr};
}

Linear::Linear(FrozenWeight weight, at::Tensor bias) : weight_(std::move(weight)), bias_(std::move(bias)) {}

void Linear::name_parameters(const std::string& path, std::int64_t layer, std::vector<NamedParameter>& all) {
    all.push_back(named_weight(path + ".weight", layer, weight_));
    if (bias_.defined()) all.push_back({path + ".bias", layer, &bias_});
}

FrozenWeight Linear::join_weights(const std::vector<Linear*>& linears) {
    if (std::any_of(
            linears.begin(), linears.end(), [](const Linear* one) { return one->weight_.is_packed(); })) {
        std::vector<FrozenWeight> weights;
        for (const Linear* linear : linears) weights.push_back(linear->weight_);
        return FrozenWeight::below_each_other(weights);
    }
    std::vector<at::Tensor*> weights;
    for (Linear* linear : linears) weights.push_back(&linear->weight_.plain);
    return joined(weights);
}

at::Tensor Linear::join_biases(const std::vector<Linear*>& linears) {
    std::vector<at::Tensor*> biases;
    for (Linear* linear : linears)
        if (linear->bias_.defined()) biases.push_back(&linear->bias_);
    return biases.empty() ? at::Tensor() : joined(biases);
}

std::vector<at::Tensor> trainable(const std::vector<const Linear*>& linears, const Pass& pass) {
    std::vector<at::Tensor> tensors;
    if (!pass.adapted) return tensors;
    for (const Linear* linear : linears) {
        if (!linear->update) continue;
        tensors.insert(tensors.end(), {linear->update->A, linear->update->B});
        if (linear->update->magnitude.defined()) tensors.push_back(linear->update->magnitude);
    }
    return tensors;
}

bool fit_kernels(const std::vector<const Linear*>& linears, const Pass& pass) {
    return !pass.adapted || std::none_of(linears.begin(), linears.end(), [&](const Linear* linear) {
        return linear->update
               && (linear->update->magnitude.defined() || (pass.training && linear->update->dropout > 0));
    });
}

void Linear::renew_norms() {
    norms_ = update && update->magnitude.defined() ? row_norms(weight_, *update) : at::Tensor();
}

at::Tensor Linear::forward(const at::Tensor& x, const Pass& pass) const {
    if (pass.watch) pass.watch->saw(*this, x);
    if (!update || !pass.adapted) return linear_product(x, weight_, bias_);
    const at::Tensor mask = dropout_mask(x, *update, pass);
    if (!update->magnitude.defined())
        return AdaptedLinear::apply(x, argument_of(weight_), update->A, update->B, optional(bias_),
            optional(mask), pass.update_scale * update->scale, KeptWeight::of(weight_));
    if (!norms_.defined()) throw Error("an update with a magnitude needs the norms of its rows");
    const at::Tensor whole = magnitude_product(x, weight_, bias_, *update, norms_, mask);
    // All that the update does, so that none of it is left of the base at 0: its norms are those at 1.
    return pass.update_scale == 1 ? whole : linear_product(x, weight_, bias_).lerp(whole, pass.update_scale);
}

} // namespace lora
