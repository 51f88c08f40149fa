#pragma once
// Between safetensors bytes and tensors.

#include "engine/files/safetensors.h"
#include "engine/files/store.h"

#include <map>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct NamedTensor {
    std::string name;
    at::Tensor tensor;
};

/// The torch type of a safetensors type.
at::ScalarType scalar_type(ElementType type);

/// A copy on the CPU that outlives the file.
at::Tensor owned_tensor(const TensorView& view);

/// The bytes of a file with these tensors. Floating types, int64 and bool; any device.
std::string tensors_as_safetensors(
    const std::vector<NamedTensor>& tensors, const std::map<std::string, std::string>& metadata = {});

/// The same as a file of the folder, without a second copy of tensors that lie on the CPU. Throws DiskFull or
/// Error.
void write_tensors(StagedFolder& staged, const std::string& file, const std::vector<NamedTensor>& tensors,
    const std::map<std::string, std::string>& metadata = {});

} // namespace lora
