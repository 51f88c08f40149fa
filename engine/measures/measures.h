#pragma once
// What is measured of an update: the one list that events, curves, the map, tables and exports follow.

#include "engine/measures/spectrum_values.h"

#include <optional>
#include <string_view>
#include <vector>

namespace lora {

struct Measure {
    const char* key;                               ///< in events, curves and CSV: "effective_rank"
    const char* title;                             ///< "Rank at 90 % energy"
    const char* caption;                           ///< the same where room is short
    const char* meaning;                           ///< sentences on what it tells
    enum class Scale { Ratio, Count, Size } scale; ///< Count: a whole number; Size: of any magnitude
    /// None where it is undefined, as ranks are of ΔW = 0, or not known.
    std::optional<double> (*value)(const Spectrum& spectrum);
    bool known_later = false; ///< not of the singular values: absent in runs that were written without it
};

/// All of them, in the order of a list to choose from.
const std::vector<Measure>& measures();
/// The one with this key, which there must be.
const Measure& measure(std::string_view key);

} // namespace lora
