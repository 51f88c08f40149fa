#pragma once
// Gradient checkpointing: a block keeps its input alone and is run once more in the backward, which costs a
// second forward and saves what the block would have kept; the inputs may wait in the host's memory. Source:
// Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost.

#include "engine/models/linear.h"
#include "engine/models/pass.h"

#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// A block's forward, from and to as many tensors as it has, all defined. The backward calls it again after
/// its caller has returned: it may refer to the block, which lives as long as the model, but must own
/// everything else that it uses.
using BlockForward =
    std::function<std::vector<at::Tensor>(const std::vector<at::Tensor>& in, const Pass& pass)>;

/// forward(in, pass), checkpointed where the pass asks for it; the second forward draws the dropout of the
/// first. `linears` are those of the block: their updates are all that it learns. Of `in` the first may wait
/// in the host's memory: the others are kept for other blocks too.
std::vector<at::Tensor> run_block(const std::vector<at::Tensor>& in,
    const std::vector<const Linear*>& linears, const Pass& pass, const BlockForward& forward);

} // namespace lora
