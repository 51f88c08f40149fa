#pragma once
// Singular values of ΔW = scale · B · A without ever forming ΔW: QR of B and of Aᵀ, then the SVD of the r × r
// core.

#include "engine/adapters/adapter.h"
#include "engine/measures/spectrum_values.h"
#include "engine/models/low_rank.h"
#include "engine/models/model.h"

#include <stop_token>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// Singular values of ΔW = scale · B · A, descending, as float64 from the CPU; min(r, in, out) of them.
/// O((in + out) r²). Throws Error if A or B holds a value that is not finite. Checked against the SVD of ΔW
/// in tests/analysis.
std::vector<double> singular_values(const LowRank& update);

/// Every target's spectrum and measures. Targets of one shape are worked on together.
/// Throws Error where singular_values would, and for DoRA's updates; a stop gives what is done so far.
std::vector<Spectrum> spectra(const Adapter& adapter, const std::stop_token& stop = {});

/// The same beside the adapter's model: of DoRA's updates all that they do to their weights is formed and
/// measured, linear by linear, O(in out min(in, out)) each.
std::vector<Spectrum> spectra(const Adapter& adapter, Model& model, const std::stop_token& stop = {});

/// Of a change [out, in] that is no product of two small factors, all min(in, out) singular values, densely.
Spectrum whole_spectrum(const std::string& path, const at::Tensor& change);

} // namespace lora
