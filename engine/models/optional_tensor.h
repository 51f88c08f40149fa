#pragma once
// An input of torch's autograd functions that may be absent: they take no undefined tensor.

#include <optional>

#include <ATen/core/Tensor.h>

namespace lora {

using OptionalTensor = std::optional<at::Tensor>;

inline OptionalTensor optional(const at::Tensor& tensor) {
    return tensor.defined() ? OptionalTensor(tensor) : std::nullopt;
}

} // namespace lora
