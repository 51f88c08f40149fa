#pragma once
// Changes of weights that are no product of two small factors, such as DoRA's, as updates of full rank: so
// that all that is asked of an adapter's updates can be asked of them.

#include "engine/adapters/adapter.h"

#include <ATen/core/Tensor.h>

namespace lora {

/// ΔW · I or I · ΔW; change [out, in].
LowRank whole_update(const at::Tensor& change);

/// The update itself where its ΔW is scale · B · A; with a magnitude all of what it does to `weight`, float64
/// on the CPU.
LowRank whole_update(const LowRank& update, const at::Tensor& weight);

/// Throws Error, which says what to do, for an update with a magnitude where only ΔW = scale · B · A has an
/// answer. `path` is the linear.
void need_low_rank(const LowRank& update, const std::string& path);

/// Throws Error, which says what to do, for a VeRA adapter whose updates are not yet at their linears'
/// widths.
void need_widths(const Adapter& adapter);

} // namespace lora
