#pragma once
// bfloat16 as bits, for loops that a compiler can vectorise: the upper half of a float32.

#include <bit>
#include <cstdint>

namespace lora {

struct BFloat16 {
    std::uint16_t bits;
};

// Always inlined: the loops are compiled for several processors, and a shared copy would be one of them.
[[gnu::always_inline]] inline float to_float(float x) { return x; }
[[gnu::always_inline]] inline float to_float(BFloat16 x) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(x.bits) << 16);
}

/// Rounds to the nearest, ties to even; NaN stays NaN.
template <class T>
T from_float(float x);
template <>
[[gnu::always_inline]] inline float from_float<float>(float x) {
    return x;
}
template <>
[[gnu::always_inline]] inline BFloat16 from_float<BFloat16>(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return {static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16)};
}

} // namespace lora
