#pragma once
// Which samples come when: the places of an epoch, which batches are counted in, each of one sample or,
// packed, of several.

#include "engine/data/samples.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace lora {

class EpochOrder {
public:
    /// `pack_room`: the tokens of a pack; 0: one sample a place. All follows from the lengths, the seed and
    /// the epoch, the same on every machine; without `shuffle` samples and packs come in the file's order.
    EpochOrder(const Samples& samples, std::int64_t pack_room, bool shuffle, std::uint64_t seed);

    /// Of an epoch; the same of every one.
    std::size_t places() const { return places_; }
    /// The samples at the places [begin, end) of an epoch, which is 0 for the first.
    std::vector<std::vector<std::size_t>> at(std::uint64_t epoch, std::size_t begin, std::size_t end);

private:
    void arrange(std::uint64_t epoch);

    std::vector<std::int64_t> lengths_; ///< only where samples are packed
    std::size_t samples_;
    std::int64_t pack_room_;
    bool shuffle_;
    std::uint64_t seed_;
    std::size_t places_;
    std::optional<std::uint64_t> arranged_;       ///< the epoch that the following are of
    std::vector<std::uint32_t> order_;            ///< of the samples, or of the packs
    std::vector<std::vector<std::size_t>> packs_; ///< the samples of each
};

} // namespace lora
