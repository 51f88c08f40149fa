#pragma once
// Examples packed for one forward pass through a model, with the rows whose next token is learned; of an
// example with a label or values, its first row.

#include "engine/data/example.h"
#include "engine/models/pass.h"

#include <compare>
#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// The sizes that all tensors of a forward and backward follow from: batches of one shape can share a
/// recording (recorded_micro_batches.h).
struct BatchShape {
    std::int64_t tokens = 0, samples = 0, longest = 0, rows = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): it is compared with 0.
    auto operator<=>(const BatchShape&) const = default;
};

struct Batch {
    PackedTokens tokens;
    at::Tensor rows; ///< int64 [M]: rows of the packed hidden states that predict a learned token or a label
    at::Tensor targets; ///< int64 [M]: those tokens or labels; −1: the row counts as nothing
    at::Tensor values;  ///< float32 [M, labels], as Example::values; undefined: none have any
    Problem problem = Problem::SingleLabel; ///< what labels or values are for
};

BatchShape shape_of(const Batch& batch);

/// The examples where they lie, which must outlive the list.
std::vector<const Example*> pointers_to(const std::vector<Example>& examples);

/// At least one example, none empty.
Batch make_batch(const std::vector<const Example*>& examples, const at::Device& device);
/// The same, padded so that different examples often give the same shape; for fused passes. Padding is a
/// sample at the end that nothing is learned from (unless all samples are of one length) and rows whose
/// target is −1; each adds an eighth at most, or 32. `longest` is rounded up to a power of two, but not
/// above the number of tokens.
Batch make_filled_batch(const std::vector<const Example*>& examples, const at::Device& device);

} // namespace lora
