#pragma once
// Which samples are the same as an earlier one, in eight to sixteen bytes a sample.

#include "engine/data/example.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lora {

/// Samples by 64 bits of their tokens, mask and label. That two different ones of eight million share them
/// has a chance of two in a million.
class SeenSamples {
public:
    static constexpr std::size_t most = std::size_t{1} << 23;

    /// Whether an equal one was there before. Once `most` different ones are known, further ones are still
    /// compared with those, but not kept.
    bool knows(const Example& example);
    /// Above 0: so many were compared with all before them, later ones with the first `most` alone.
    std::int64_t compared_fully() const { return overflow_at_; }

private:
    void grow();
    /// Where the key is, or would be.
    std::size_t slot_of(std::uint64_t key) const;

    std::vector<std::uint64_t> slots_; ///< a power of two; 0: free
    std::size_t kept_ = 0;
    std::int64_t taken_ = 0;
    std::int64_t overflow_at_ = 0;
};

} // namespace lora
