#pragma once
// How often the samples of each part of a mix come in an epoch, and in which order.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lora {

struct MixedPart {
    std::size_t samples = 0; ///< that it has, at least one
    double weight = 1;       ///< above 0
};

/// Draws from each part in an epoch: in proportion to the weights, and so many that every sample comes at
/// least once; those of the part that is largest for its weight come just once. What `datasets` calls
/// interleaving until all are exhausted, with exact shares in place of drawn ones. Throws Error where a part
/// would be repeated more than a thousand times, or all are 2³² and more; `where` names the mix.
std::vector<std::size_t> draws_of(const std::vector<MixedPart>& parts, const std::string& where);

/// The samples of an epoch, by their numbers through all parts: spread evenly, so that every stretch has the
/// same shares. A part goes round in its own order; what is over after whole rounds are samples chosen by the
/// seed.
std::vector<std::uint32_t> mixed_order(
    const std::vector<MixedPart>& parts, const std::vector<std::size_t>& draws, std::uint64_t seed);

} // namespace lora
