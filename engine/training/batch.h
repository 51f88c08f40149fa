#pragma once
// Examples packed into one trip through a model, with the rows whose next token is learned; of an example
// with a label, its first row.

#include "engine/data/example.h"
#include "engine/models/pass.h"

#include <compare>
#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// What passes through a model are alike in.
struct BatchShape {
    std::int64_t tokens = 0, samples = 0, longest = 0, rows = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): it is compared with 0.
    auto operator<=>(const BatchShape&) const = default;
};

struct Batch {
    PackedTokens tokens;
    at::Tensor rows; ///< int64 [M]: rows of the packed hidden states that predict a learned token or a label
    at::Tensor targets; ///< int64 [M]: those tokens or labels; −1: the row counts as nothing
};

BatchShape shape_of(const Batch& batch);

/// At least one example, none empty.
Batch make_batch(const std::vector<const Example*>& examples, const at::Device& device);
/// The same for fused passes, filled up so that other examples often give the same shape: by a sample at the
/// end that nothing is learned from, unless all are of one length, and by rows that count as nothing: an
/// eighth or 32 more of each at most. `longest` becomes a power of two,
/// where there are as many tokens.
Batch make_filled_batch(const std::vector<const Example*>& examples, const at::Device& device);

} // namespace lora
