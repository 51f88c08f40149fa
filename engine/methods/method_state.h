#pragma once
// Taking a method's state back from a checkpoint.

#include "engine/files/safetensors.h"

#include <string>

#include <ATen/core/Tensor.h>

namespace lora {

/// Copies the tensor of this name into `tensor`, in place. Throws Error if there is none or it has another
/// shape or type.
void read_state(const SafetensorsFile& file, const std::string& name, at::Tensor& tensor);

} // namespace lora
