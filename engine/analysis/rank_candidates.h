#pragma once
// What rank choices are made from: an adapter's spectra with the price of its targets.

#include "engine/adapters/adapter.h"
#include "engine/measures/rank_choice.h"

#include <stop_token>
#include <vector>

namespace lora {

/// One for each target, in the adapter's order. Throws Error if a value is not finite, or at a stop.
std::vector<RankCandidate> rank_candidates(const Adapter& adapter, const std::stop_token& stop = {});

} // namespace lora
