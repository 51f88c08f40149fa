#pragma once
// Examples packed into one trip through a model, with the rows whose next token is learned.

#include "engine/data/example.h"
#include "engine/models/pass.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct Batch {
    PackedTokens tokens;
    at::Tensor rows;    ///< int64 [M]: rows of the packed hidden states that predict a learned token
    at::Tensor targets; ///< int64 [M]: those tokens
};

/// At least one example, none empty.
Batch make_batch(const std::vector<const Example*>& examples, const at::Device& device);

} // namespace lora
