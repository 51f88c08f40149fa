#pragma once
// From a GGUF file's tensor to one of torch, or to packed rows over the file's mapping.

#include "engine/files/gguf.h"
#include "engine/kernels/frozen_weight.h"

#include <memory>

#include <ATen/core/Tensor.h>

namespace lora {

/// All of it in a floating type, on the CPU; its pages of the mapping are let go.
at::Tensor unpacked_tensor(const GgufTensor& tensor, at::ScalarType type);

/// The blocks of a matrix as they lie in the mapping, which they keep alive; shapes alone on the meta device.
PackedRows packed_rows(
    const GgufTensor& tensor, const std::shared_ptr<const GgufFile>& file, const at::Device& device);

} // namespace lora
