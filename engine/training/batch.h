#pragma once
// Examples packed into one trip through a model, with the rows whose next token is learned; of an example
// with a label, its first row.

#include "engine/data/example.h"
#include "engine/models/pass.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct Batch {
    PackedTokens tokens;
    at::Tensor rows; ///< int64 [M]: rows of the packed hidden states that predict a learned token or a label
    at::Tensor targets; ///< int64 [M]: those tokens or labels
};

/// At least one example, none empty.
Batch make_batch(const std::vector<const Example*>& examples, const at::Device& device);

} // namespace lora
