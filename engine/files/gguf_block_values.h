#pragma once
// The layouts of ggml's blocks of 32 values and how each unpacks to float32; super_blocks.h has those of 256.
// Layouts and arithmetic as in ggml-quants.c's reference dequantizers. A header, since the loops of
// engine/kernels/cpu compile it once more for each instruction set: every file that includes it has its own
// copy.

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__F16C__)
#include <immintrin.h>
#endif

namespace lora {

namespace {

// They hold bytes only, so that they can lie at any address.
using Half = std::array<std::uint8_t, 2>;

struct BFloat {
    std::array<std::uint8_t, 2> bytes;
};
struct BlockQ4_0 {
    Half d;
    std::uint8_t qs[16];
};
struct BlockQ4_1 {
    Half d, m;
    std::uint8_t qs[16];
};
struct BlockQ5_0 {
    Half d;
    std::uint8_t qh[4], qs[16];
};
struct BlockQ5_1 {
    Half d, m;
    std::uint8_t qh[4], qs[16];
};
struct BlockQ8_0 {
    Half d;
    std::int8_t qs[32];
};
struct BlockIQ4_NL {
    Half d;
    std::uint8_t qs[16];
};
struct BlockMXFP4 {
    std::uint8_t e, qs[16];
};

/// The sixteen values that a four-bit number of IQ4_NL and IQ4_XS stands for, and those of MXFP4, doubled.
constexpr float iq4_values[16] = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
constexpr float mxfp4_values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

/// Exact for every half, with no branch, so that a loop over halves vectorises.
[[gnu::always_inline]] inline float from_half(Half half) {
    const std::uint32_t bits = half[0] | std::uint32_t{half[1]} << 8;
#if defined(__F16C__)
    return _cvtsh_ss(static_cast<std::uint16_t>(bits));
#else
    const std::uint32_t magnitude = (bits & 0x7fffu) << 13;
    const std::uint32_t exponent = bits & 0x7c00u;
    const std::uint32_t normal = magnitude + (112u << 23) + (exponent == 0x7c00u ? 112u << 23 : 0u);
    // A subnormal half is its mantissa above 2^-14, less that 2^-14.
    const float above = std::bit_cast<float>(magnitude + (113u << 23)) - std::bit_cast<float>(113u << 23);
    const std::uint32_t unsigned_bits = exponent == 0 ? std::bit_cast<std::uint32_t>(above) : normal;
    return std::bit_cast<float>(unsigned_bits | (bits & 0x8000u) << 16);
#endif
}

[[gnu::always_inline]] inline void unpack(const float& value, float* y) { *y = value; }
[[gnu::always_inline]] inline void unpack(const Half& half, float* y) { *y = from_half(half); }
[[gnu::always_inline]] inline void unpack(const BFloat& value, float* y) {
    *y = std::bit_cast<float>((value.bytes[0] | std::uint32_t{value.bytes[1]} << 8) << 16);
}

[[gnu::always_inline]] inline void unpack(const BlockQ4_0& block, float* y) {
    const float d = from_half(block.d);
    for (int i = 0; i < 16; ++i) y[i] = d * static_cast<float>((block.qs[i] & 15) - 8);
    for (int i = 0; i < 16; ++i) y[i + 16] = d * static_cast<float>((block.qs[i] >> 4) - 8);
}

[[gnu::always_inline]] inline void unpack(const BlockQ4_1& block, float* y) {
    const float d = from_half(block.d);
    const float m = from_half(block.m);
    for (int i = 0; i < 16; ++i) y[i] = d * static_cast<float>(block.qs[i] & 15) + m;
    for (int i = 0; i < 16; ++i) y[i + 16] = d * static_cast<float>(block.qs[i] >> 4) + m;
}

/// The five-bit values of a block: the fifth bit of value i is bit i of qh.
[[gnu::always_inline]] inline void five_bits(
    const std::uint8_t (&qh)[4], const std::uint8_t (&qs)[16], int (&q)[32]) {
    std::uint32_t high = 0;
    std::memcpy(&high, qh, sizeof high);
    for (int i = 0; i < 16; ++i) q[i] = (qs[i] & 15) | static_cast<int>((high >> i & 1) << 4);
    for (int i = 0; i < 16; ++i) q[i + 16] = (qs[i] >> 4) | static_cast<int>((high >> (i + 16) & 1) << 4);
}

[[gnu::always_inline]] inline void unpack(const BlockQ5_0& block, float* y) {
    const float d = from_half(block.d);
    int q[32];
    five_bits(block.qh, block.qs, q);
    for (int i = 0; i < 32; ++i) y[i] = d * static_cast<float>(q[i] - 16);
}

[[gnu::always_inline]] inline void unpack(const BlockQ5_1& block, float* y) {
    const float d = from_half(block.d);
    const float m = from_half(block.m);
    int q[32];
    five_bits(block.qh, block.qs, q);
    for (int i = 0; i < 32; ++i) y[i] = d * static_cast<float>(q[i]) + m;
}

[[gnu::always_inline]] inline void unpack(const BlockQ8_0& block, float* y) {
    const float d = from_half(block.d);
    for (int i = 0; i < 32; ++i) y[i] = d * static_cast<float>(block.qs[i]);
}

/// Thirty-two values that a table of sixteen has.
[[gnu::always_inline]] inline void by_table(
    const float (&table)[16], const std::uint8_t* qs, float d, float* y) {
    for (int i = 0; i < 16; ++i) y[i] = d * table[qs[i] & 15];
    for (int i = 0; i < 16; ++i) y[i + 16] = d * table[qs[i] >> 4];
}

[[gnu::always_inline]] inline void unpack(const BlockIQ4_NL& block, float* y) {
    by_table(iq4_values, block.qs, from_half(block.d), y);
}

/// The scale is half of 2^(e − 127): the table's values are doubled.
[[gnu::always_inline]] inline void unpack(const BlockMXFP4& block, float* y) {
    const std::uint32_t bits =
        block.e < 2 ? 0x00200000u << block.e : (static_cast<std::uint32_t>(block.e) - 1) << 23;
    by_table(mxfp4_values, block.qs, std::bit_cast<float>(bits), y);
}

} // namespace

} // namespace lora
