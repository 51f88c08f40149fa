// A tensor's elements as the kernels' loops take them.
#pragma once

#include <ATen/core/Tensor.h>

namespace lora {

/// The first element of a contiguous tensor, whose element type the caller has looked at; null where the
/// tensor is undefined, as an optional one may be.
template <class T>
T* elements(const at::Tensor& tensor) {
    return tensor.defined() ? static_cast<T*>(tensor.data_ptr()) : nullptr;
}

} // namespace lora
