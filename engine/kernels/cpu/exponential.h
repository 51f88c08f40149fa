#pragma once
// e^x for loops that a compiler can vectorise.

#include <bit>
#include <cstdint>

namespace lora {

/// To 2e-7 of its value; 0 below −87. By 2^n · e^r with |r| ≤ ln 2 / 2 and a polynomial for e^r.
/// Always inlined, since the loops are compiled for several processors.
[[gnu::always_inline]] inline float exponential(float x) {
    constexpr float log2_e = 1.44269504f, ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    constexpr float to_integer = 12582912.f; // 1.5 · 2^23: adding it rounds, its low bits then hold n
    const float clamped = x < -87.f ? -87.f : (x > 88.f ? 88.f : x);
    const float shifted = clamped * log2_e + to_integer;
    const float n = shifted - to_integer;
    const float r = (clamped - n * ln2_high) - n * ln2_low;
    float p = 1.98756915e-4f;
    p = p * r + 1.39819995e-3f;
    p = p * r + 8.33345190e-3f;
    p = p * r + 4.16657959e-2f;
    p = p * r + 1.66666654e-1f;
    p = p * r + 5.00000012e-1f;
    p = p * r * r + r + 1.f;
    const auto exponent = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(shifted) << 23);
    const float power = p * std::bit_cast<float>(exponent + 0x3f800000);
    return x < -87.f ? 0.f : power;
}

} // namespace lora
