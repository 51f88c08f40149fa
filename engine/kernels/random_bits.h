#pragma once
// Random numbers that any loop can ask for in any order: a hash of a stream and an index, so that a random
// matrix is its seed. Always inlined, since the loops are compiled for several processors.

#include "engine/kernels/dropout_bits.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace lora {

/// One of 2⁶⁴ sequences of bits.
struct RandomStream {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
};

/// Source: Steele, Lea and Flood 2014, splitmix64.
[[gnu::always_inline]] inline std::uint64_t mixed_in(std::uint64_t bits, std::uint64_t number) {
    bits += (number + 1) * 0x9e3779b97f4a7c15;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    return bits ^ (bits >> 31);
}

/// The stream of `seed` that is numbered by `part` and `purpose`.
[[gnu::always_inline]] inline RandomStream random_stream(
    std::uint64_t seed, std::uint64_t part, std::uint64_t purpose) {
    const std::uint64_t bits = mixed_in(mixed_in(seed, part), purpose);
    return {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
}

[[gnu::always_inline]] inline std::uint32_t random_bits(const RandomStream& stream, std::uint32_t index) {
    return scrambled(scrambled(index + stream.first) ^ stream.second);
}

/// 0 … count − 1, each as often as 32 bits allow.
[[gnu::always_inline]] inline std::uint32_t below(std::uint32_t count, std::uint32_t bits) {
    return static_cast<std::uint32_t>((std::uint64_t{bits} * count) >> 32);
}

/// Two independent numbers from N(0, 1), to 1e-6. Source: Box and Muller 1958.
struct NormalPair {
    float first;
    float second;
};

[[gnu::always_inline]] inline NormalPair normal_pair(const RandomStream& stream, std::uint32_t index) {
    const std::uint32_t bits = random_bits(stream, index);
    const std::uint32_t more = scrambled(bits + stream.second);
    constexpr float step = 1.f / 16777216.f; // 24 bits are exact in a float
    const float u = (static_cast<float>(static_cast<std::int32_t>(bits >> 8)) + 0.5f) * step;
    // ln u = e · ln 2 + ln m with m in [√½, √2), by the series of artanh((m − 1) / (m + 1)).
    const std::uint32_t u_bits = std::bit_cast<std::uint32_t>(u) - 0x3f3504f3U;
    const auto exponent = static_cast<float>(static_cast<std::int32_t>(u_bits) >> 23);
    const float m = std::bit_cast<float>((u_bits & 0x007fffffU) + 0x3f3504f3U);
    const float z = (m - 1.f) / (m + 1.f), zz = z * z;
    const float series = 1.f + zz * (0.33333333f + zz * (0.2f + zz * (0.14285714f + zz * 0.11111111f)));
    const float radius = std::sqrt(-2.f * (exponent * 0.69314718f + 2.f * z * series));
    // Sine and cosine of half the angle, which lies in [−π/2, π/2), then of all of it.
    const float half = (static_cast<float>(static_cast<std::int32_t>(more >> 8)) * step - 0.5f) * 3.14159265f;
    const float a = half * half;
    const float sine =
        half
        * (1.f
            + a
                  * (-0.16666667f
                      + a
                            * (8.3333333e-3f
                                + a * (-1.9841270e-4f + a * (2.7557319e-6f - a * 2.5052108e-8f)))));
    const float cosine =
        1.f
        + a
              * (-0.5f
                  + a
                        * (4.1666667e-2f
                            + a
                                  * (-1.3888889e-3f
                                      + a * (2.4801587e-5f + a * (-2.7557319e-7f + a * 2.0876757e-9f)))));
    return {radius * (1.f - 2.f * sine * sine), radius * 2.f * sine * cosine};
}

} // namespace lora
