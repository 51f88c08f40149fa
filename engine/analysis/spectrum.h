#pragma once
// Singular values of ΔW = scale · B · A without ever forming ΔW: QR of B and of Aᵀ, then the SVD of the r × r
// core.

#include "engine/adapters/adapter.h"
#include "engine/analysis/spectrum_values.h"
#include "engine/models/low_rank.h"

#include <stop_token>
#include <vector>

namespace lora {

/// Singular values of ΔW = scale · B · A, descending, as float64 from the CPU; min(r, in, out) of them.
/// O((in + out) r²). Throws Error if A or B holds a value that is not finite. Checked against the SVD of ΔW
/// in tests/analysis.
std::vector<double> singular_values(const LowRank& update);

/// Every target's spectrum and measures. Targets of one shape are worked on together.
/// Throws Error where singular_values would; a stop gives what is done so far.
std::vector<Spectrum> spectra(const Adapter& adapter, const std::stop_token& stop = {});

} // namespace lora
