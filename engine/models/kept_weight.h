#pragma once
// A packed weight on its way through autograd: what a function's forward is given beside the tensors and
// leaves for its backward.

#include "engine/kernels/frozen_weight.h"

#include <utility>

#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

struct KeptWeight : torch::CustomClassHolder {
    using Pointer = c10::intrusive_ptr<KeptWeight>;

    explicit KeptWeight(FrozenWeight all) : weight(std::move(all)) {}
    FrozenWeight weight;

    /// Null where the weight is a tensor, which autograd keeps itself.
    static Pointer of(const FrozenWeight& weight) {
        return weight.is_packed() ? c10::make_intrusive<KeptWeight>(weight) : Pointer();
    }
};

/// The tensor that stands for the weight among a function's arguments: autograd takes no undefined one.
inline at::Tensor argument_of(const FrozenWeight& weight) {
    return weight.is_packed() ? at::empty({0}) : weight.plain;
}

inline FrozenWeight weight_of(const at::Tensor& plain, const KeptWeight::Pointer& packed) {
    return packed ? packed->weight : FrozenWeight(plain);
}

/// In the forward; does nothing where the weight is a tensor.
inline void keep(torch::autograd::AutogradContext* context, const KeptWeight::Pointer& packed) {
    if (packed) context->saved_data["packed"] = c10::IValue::make_capsule(packed);
}

/// In the backward.
inline FrozenWeight kept_weight(torch::autograd::AutogradContext* context, const at::Tensor& plain) {
    const auto found = context->saved_data.find("packed");
    if (found == context->saved_data.end()) return plain;
    return static_cast<const KeptWeight*>(found->second.toCapsule().get())->weight;
}

} // namespace lora
