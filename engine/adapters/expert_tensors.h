#pragma once
// The weights of experts in a checkpoint that is written anew: each of the model's linears lies in tensors of
// its own there, or in a part of one of all experts.

#include "engine/adapters/base_tensors.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// New values of some rows of a weight, or of a bias: `values` are what the checkpoint has, the first of them
/// row `begin`.
using ChangeRows = std::function<at::Tensor(const at::Tensor& values, std::int64_t begin)>;

/// Puts the change of an expert's weight or bias, by its whole name in the model, into the reading of the
/// tensors that hold it. Their type becomes `type`, where that is defined. False: they are not there, and
/// nothing is changed.
bool change_expert(std::vector<BaseTensor>& tensors, const std::string& name, const Dialect& dialect,
    const ChangeRows& new_rows, std::optional<at::ScalarType> type = {});

/// A GGUF file's tensor of the gates, ups or downs of all experts, by the checkpoint's name for it, as a
/// tensor of each expert, float32. They are to be read once, in turn.
std::vector<BaseTensor> experts_of_gguf(
    const Weights& base, const std::string& name, const std::vector<std::int64_t>& shape);

} // namespace lora
