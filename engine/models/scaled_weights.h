#pragma once
// From a checkpoint's quantized weight to a tensor or to packed rows, and from a plain weight to packed rows.

#include "engine/checkpoints/quantized_tensor.h"
#include "engine/kernels/frozen_weight.h"

#include <string>

#include <ATen/core/Tensor.h>

namespace lora {

/// All of it, [out, in], in float32 or another floating type, on the CPU.
at::Tensor unpacked_weight(const QuantizedTensor& weight, at::ScalarType type);

/// The same as rows of its row_type, which it must have; shapes alone on the meta device.
PackedRows rows_of_checkpoint(const QuantizedTensor& weight, const at::Device& device);

/// w [rows, columns] of floating numbers on the CPU, quantized: NF4 (of the blocks' scales the mean is taken,
/// and what is left becomes numbers of 8 bits) or Int8. Shapes alone where w has no more. `where` names it:
/// throws Error for a value that is no finite number.
PackedRows quantized_rows(const at::Tensor& w, BlockType type, const std::string& where);

} // namespace lora
