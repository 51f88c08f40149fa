#pragma once
// Weights of experts as gpt-oss is published: MXFP4 in two tensors, 32 values of 4 bits with an exponent of
// 8 bits for all of them.
// Sources: OCP Microscaling Formats (MX) Specification 1.0; transformers, integrations/mxfp4.py.

#include "engine/models/weights.h"

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

namespace lora {

/// `name`_blocks, uint8 [experts, out, in / 32, 16] with two neighbours in each byte, the first in the low
/// half, and `name`_scales, uint8 [experts, out, in / 32], as [experts, out, in] where the other weights are
/// and in their type. Undefined if the file has no such blocks.
at::Tensor mxfp4_weights(
    const Weights& weights, const std::string& name, std::int64_t experts, std::int64_t out, std::int64_t in);

} // namespace lora
