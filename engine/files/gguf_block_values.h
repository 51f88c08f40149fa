#pragma once
// The layouts of ggml's blocks of 32 values and how each unpacks to float32; gguf_super_blocks.h has those of
// 256. Layouts and arithmetic as in ggml-quants.c's reference dequantizers. A header, since the loops of
// engine/kernels/cpu compile it once more for each instruction set: every file that includes it has its own
// copy.

#include "engine/files/sixteen_bytes.h"

#include <array>
#include <bit>
#include <cstdint>

#if defined(__SSSE3__)
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
    std::uint8_t qs[32]; ///< signed
};
struct BlockIQ4_NL {
    Half d;
    std::uint8_t qs[16];
};
struct BlockMXFP4 {
    std::uint8_t e, qs[16];
};

/// The sixteen values that a four-bit number of IQ4_NL and IQ4_XS stands for, and those of MXFP4, doubled.
alignas(16) inline constexpr std::int8_t iq4_values[16] = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
alignas(16) inline constexpr std::int8_t mxfp4_values[16] = {
    0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

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

// A block's values come in sixteens: take_apart(block, sink) calls sink.put(at, q, d) for each, values d · q
// of signed bytes q from the place `at` on, or sink.put(at, q, d, m) for d · q + m with q from 0 to 127.

template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockQ4_0& block, Sink& sink) {
    const Bytes qs = bytes_at(block.qs);
    const float d = from_half(block.d);
    sink.put(0, (qs & 15) - 8, d);
    sink.put(16, (qs >> 4) - 8, d);
}

template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockQ4_1& block, Sink& sink) {
    const Bytes qs = bytes_at(block.qs);
    const float d = from_half(block.d);
    const float m = from_half(block.m);
    sink.put(0, qs & 15, d, m);
    sink.put(16, qs >> 4, d, m);
}

// The fifth bit of a block's value i is bit i of qh.
template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockQ5_0& block, Sink& sink) {
    const Bytes qs = bytes_at(block.qs);
    const float d = from_half(block.d);
    sink.put(0, ((qs & 15) | sixteen_where(block.qh)) - 16, d);
    sink.put(16, ((qs >> 4) | sixteen_where(block.qh + 2)) - 16, d);
}

template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockQ5_1& block, Sink& sink) {
    const Bytes qs = bytes_at(block.qs);
    const float d = from_half(block.d);
    const float m = from_half(block.m);
    sink.put(0, (qs & 15) | sixteen_where(block.qh), d, m);
    sink.put(16, (qs >> 4) | sixteen_where(block.qh + 2), d, m);
}

template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockQ8_0& block, Sink& sink) {
    const float d = from_half(block.d);
    sink.put(0, bytes_at(block.qs), d);
    sink.put(16, bytes_at(block.qs + 16), d);
}

template <class Sink>
[[gnu::always_inline]] inline void by_table(
    const std::int8_t (&table)[16], const std::uint8_t* qs, float d, int at, Sink& sink) {
    const Bytes bytes = bytes_at(qs);
    sink.put(at, looked_up(table, bytes & 15), d);
    sink.put(at + 16, looked_up(table, bytes >> 4), d);
}

template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockIQ4_NL& block, Sink& sink) {
    by_table(iq4_values, block.qs, from_half(block.d), 0, sink);
}

/// The scale is half of 2^(e − 127): the table's values are doubled.
template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockMXFP4& block, Sink& sink) {
    const std::uint32_t bits =
        block.e < 2 ? 0x00200000u << block.e : (static_cast<std::uint32_t>(block.e) - 1) << 23;
    by_table(mxfp4_values, block.qs, std::bit_cast<float>(bits), 0, sink);
}

} // namespace

} // namespace lora
