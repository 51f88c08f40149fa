#pragma once
// Packing: whole samples put together up to a length, so that a batch of packs has about the same number of
// tokens each time. Best fit, the longest first: each sample into the fullest pack that has room for it.

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace lora {

/// How well samples fill their packs.
struct Packing {
    std::int64_t packs = 0;
    double fill = 0; ///< tokens over the room in all packs, 0 to 1
    bool operator==(const Packing&) const = default;
};

/// Of samples of these lengths (tokens → samples), of which max_length tokens at most are fed.
Packing packed(const std::map<std::int64_t, std::int64_t>& lengths, std::int64_t max_length);

/// The samples of each pack, ascending. `lengths`: tokens of each sample, none above `room`; samples of one
/// length are taken in the `order` given, a permutation. As many packs as packed() counts, whatever the
/// order.
std::vector<std::vector<std::size_t>> pack_samples(
    const std::vector<std::int64_t>& lengths, const std::vector<std::uint32_t>& order, std::int64_t room);

} // namespace lora
