#pragma once
// The spectrum of one update ΔW as plain values, and the rank measures that follow from it.

#include "engine/files/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// Measures of a spectrum; none where ΔW = 0 leaves them undefined.
struct RankMeasures {
    double frobenius = 0;                ///< ‖ΔW‖_F = √Σσ²
    std::optional<double> relative_norm; ///< ‖ΔW‖_F / ‖W₀‖_F; none where the weight is not at hand
    std::optional<double> effective_rank; ///< exp of the entropy of σ/Σσ. Source: Roy and Vetterli, 2007
    std::optional<double> stable_rank;    ///< Σσ² / σ₁²
    std::optional<double> participation_ratio; ///< (Σσ²)² / Σσ⁴
    std::optional<std::int64_t> rank_90;       ///< smallest k whose first k values hold 90 % of Σσ²
    std::optional<std::int64_t> rank_99;
    std::optional<std::int64_t> rank =
        {}; ///< directions in use: rows of A that are not zero; none for weights
    bool operator==(const RankMeasures&) const = default;
};

/// `singular_values` descending and not negative. Without relative_norm and rank.
RankMeasures rank_measures(const std::vector<double>& singular_values);

/// Smallest k whose first k values hold this share of the energy Σσ²; none where ΔW = 0. `share` in (0, 1].
std::optional<std::int64_t> rank_for_energy(const std::vector<double>& singular_values, double share);

struct Spectrum {
    std::string path;                    ///< the linear
    std::vector<double> singular_values; ///< descending; min(r, in, out) of them
    RankMeasures measures;
    bool operator==(const Spectrum&) const = default;
};

/// All targets' spectra after `step` optimizer steps.
struct SpectraOfStep {
    std::int64_t step = 0;
    double seconds = 0; ///< what computing them took
    std::vector<Spectrum> spectra;
};

/// One event's fields: path, singular_values, effective_rank, … ; measures that are undefined are null, a
/// relative_norm or rank that is not known is left out.
Json to_json(const Spectrum& spectrum);
/// Path, singular values, relative_norm and rank as they are there, the other measures counted anew. Throws
/// Error naming `where`.
Spectrum spectrum(const Json& json, const std::string& where);

} // namespace lora
