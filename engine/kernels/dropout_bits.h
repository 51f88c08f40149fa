#pragma once
// Whether an element is dropped: a hash of seed, row and column, so that any loop can ask for it in any
// order. Source of the hash: Wellons, "Prospecting for hash functions" (lowbias32).

#include <cstdint>

namespace lora {

/// Always inlined, since the loops are compiled for several processors.
[[gnu::always_inline]] inline std::uint32_t scrambled(std::uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    return x ^ (x >> 16);
}

/// What a dropout is to a loop. Its defaults drop nothing.
struct DropoutBits {
    std::uint64_t seed = 0;
    std::uint32_t threshold = 0; ///< p · 2³²
    float factor = 1;            ///< 1 / (1 − p)
};

/// Where a row's columns begin to count.
[[gnu::always_inline]] inline std::uint32_t row_bits(const DropoutBits& dropout, std::uint32_t row) {
    return scrambled(scrambled(row ^ static_cast<std::uint32_t>(dropout.seed))
                     ^ static_cast<std::uint32_t>(dropout.seed >> 32));
}

/// 0 or the factor, for a column of the row that `bits` begins.
[[gnu::always_inline]] inline float kept_factor(
    const DropoutBits& dropout, std::uint32_t bits, std::uint32_t column) {
    return scrambled(bits + column * 0x9e3779b9U) < dropout.threshold ? 0.f : dropout.factor;
}

} // namespace lora
