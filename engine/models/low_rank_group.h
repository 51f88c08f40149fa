#pragma once
// The low-rank updates of linears whose weights lie side by side in one wide product and share its input,
// such as q, k and v: the input is read once for all of them. Their own arithmetic is float32, as in
// Linear.

#include "engine/kernels/product.h"
#include "engine/models/linear.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// One update and the columns of the wide product that it adds to.
struct GroupedUpdate {
    at::Tensor A; ///< [r, in]
    at::Tensor B; ///< [out, r]
    double scale = 1;
    std::int64_t offset = 0;
};

using LowRankGroup = std::vector<GroupedUpdate>;

/// The updates of one residual branch: of its wide product and of its last linear.
struct BranchUpdates {
    LowRankGroup wide;
    LowRankGroup last;
};

/// `parts` lie below each other in the wide product's weight, in this order; scaled as the pass wants them.
/// Empty where it is not adapted.
BranchUpdates updates_of(const std::vector<const Linear*>& parts, const Linear& last, const Pass& pass);

/// A and B of each update in turn: what autograd has to see.
std::vector<at::Tensor> trainable(const BranchUpdates& updates);

/// A·x of every update, side by side: x [N, in] → float32 [N, Σr]. Undefined for an empty group.
at::Tensor inner_products(const at::Tensor& x, const LowRankGroup& group);

/// What the updates add to the wide product: scale · B · inner in each one's columns.
std::vector<LowRankPart> update_parts(const at::Tensor& inner, const LowRankGroup& group);

struct GroupGradients {
    std::vector<at::Tensor> dA;       ///< in the group's order; undefined for an A that is frozen
    std::vector<at::Tensor> dB;       ///< undefined for a B that is frozen
    std::vector<LowRankPart> through; ///< what the updates add to dx; empty for an empty group
};

/// Adds dA and dB of each update, in turn.
void append(const GroupGradients& found, std::vector<at::Tensor>& gradients);

/// dy [N, …] of the wide product; x and inner as in the forward.
GroupGradients group_gradients(
    const at::Tensor& dy, const at::Tensor& x, const at::Tensor& inner, const LowRankGroup& group);

} // namespace lora
