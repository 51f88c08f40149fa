#pragma once
// Spectra of what a method changed in the weights themselves: ΔW = W − W₀ is no product of two small factors
// there, so its singular values are found densely, linear by linear. Off the training path.

#include "engine/measures/spectrum_values.h"
#include "engine/methods/trained_weights.h"

#include <optional>
#include <stop_token>
#include <vector>

namespace lora {

/// Of each weight that is a linear's matrix, named by the linear. O(m n min(m, n)) each, hours for a large
/// model: asks `stop` before each, and gives none where it is stopped.
std::optional<std::vector<Spectrum>> weight_spectra(
    const TrainedWeights& weights, const std::stop_token& stop = {});

} // namespace lora
