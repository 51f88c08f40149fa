#pragma once
// The layouts of ggml's blocks of 256 values and how each unpacks to float32; see gguf_block_values.h.

#include "engine/files/gguf_block_values.h"

#include <cstdint>

namespace lora {

namespace {

struct BlockQ2_K {
    std::uint8_t scales[16], qs[64];
    Half d, dmin;
};
struct BlockQ3_K {
    std::uint8_t hmask[32], qs[64], scales[12];
    Half d;
};
struct BlockQ4_K {
    Half d, dmin;
    std::uint8_t scales[12], qs[128];
};
struct BlockQ5_K {
    Half d, dmin;
    std::uint8_t scales[12], qh[32], qs[128];
};
struct BlockQ6_K {
    std::uint8_t ql[128], qh[64];
    std::int8_t scales[16];
    Half d;
};
struct BlockIQ4_XS {
    Half d;
    std::uint8_t scales_h[2], scales_l[4], qs[128];
};
struct BlockTQ1_0 {
    std::uint8_t qs[48], qh[4];
    Half d;
};
struct BlockTQ2_0 {
    std::uint8_t qs[64];
    Half d;
};

/// Sixteen runs of 16 values, each with a scale and a minimum of four bits; four pairs of runs share 32
/// bytes.
template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockQ2_K& block, Sink& sink) {
    const float d = from_half(block.d);
    const float dmin = from_half(block.dmin);
    for (int j = 0; j < 16; ++j) {
        const Bytes q = bits_of(bytes_at(block.qs + j / 8 * 32 + j % 2 * 16), j / 2 % 4 * 2, 3);
        sink.put(j * 16, q, d * static_cast<float>(block.scales[j] & 15),
            -(dmin * static_cast<float>(block.scales[j] >> 4)));
    }
}

/// As Q2_K's, with a third bit in hmask, which is set where 4 is not to be taken off, and scales of six bits.
template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockQ3_K& block, Sink& sink) {
    const float d = from_half(block.d);
    for (int j = 0; j < 16; ++j) {
        const Bytes low = bits_of(bytes_at(block.qs + j / 8 * 32 + j % 2 * 16), j / 2 % 4 * 2, 3);
        const Bytes high = bits_of(bytes_at(block.hmask + j % 2 * 16), j / 2, 1);
        const int low_bits = j < 8 ? block.scales[j] & 15 : block.scales[j - 8] >> 4;
        const int high_bits = block.scales[8 + j % 4] >> j / 4 * 2 & 3;
        sink.put(j * 16, low + high * 4 - 4, d * static_cast<float>((low_bits | high_bits << 4) - 32));
    }
}

/// Scale and minimum of the eight groups of 32, six bits each, packed into twelve bytes.
struct GroupScales {
    float d[8], m[8];
};
[[gnu::always_inline]] inline GroupScales group_scales(const std::uint8_t (&s)[12], float d, float dmin) {
    GroupScales groups;
    for (int j = 0; j < 4; ++j) {
        groups.d[j] = d * static_cast<float>(s[j] & 63);
        groups.m[j] = dmin * static_cast<float>(s[j + 4] & 63);
        groups.d[j + 4] = d * static_cast<float>((s[j + 8] & 15) | (s[j] >> 6) << 4);
        groups.m[j + 4] = dmin * static_cast<float>((s[j + 8] >> 4) | (s[j + 4] >> 6) << 4);
    }
    return groups;
}

template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockQ4_K& block, Sink& sink) {
    const GroupScales groups = group_scales(block.scales, from_half(block.d), from_half(block.dmin));
    for (int j = 0; j < 8; ++j) {
        for (int half = 0; half < 32; half += 16)
            sink.put(j * 32 + half, bits_of(bytes_at(block.qs + j / 2 * 32 + half), j % 2 * 4, 15),
                groups.d[j], -groups.m[j]);
    }
}

template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockQ5_K& block, Sink& sink) {
    const GroupScales groups = group_scales(block.scales, from_half(block.d), from_half(block.dmin));
    for (int j = 0; j < 8; ++j) {
        for (int half = 0; half < 32; half += 16) {
            const Bytes low = bits_of(bytes_at(block.qs + j / 2 * 32 + half), j % 2 * 4, 15);
            const Bytes high = bits_of(bytes_at(block.qh + half), j, 1);
            sink.put(j * 32 + half, low + high * 16, groups.d[j], -groups.m[j]);
        }
    }
}

/// Sixteen runs of 16 values; eight runs share 64 bytes of low bits and 32 bytes of high bits.
template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockQ6_K& block, Sink& sink) {
    const float d = from_half(block.d);
    for (int j = 0; j < 16; ++j) {
        const Bytes low = bits_of(bytes_at(block.ql + j / 8 * 64 + j % 4 * 16), j % 8 / 4 * 4, 15);
        const Bytes high = bits_of(bytes_at(block.qh + j / 8 * 32 + j % 2 * 16), j % 8 / 2 * 2, 3);
        sink.put(j * 16, low + high * 16 - 32, d * static_cast<float>(block.scales[j]));
    }
}

template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockIQ4_XS& block, Sink& sink) {
    const float d = from_half(block.d);
    const int high = block.scales_h[0] | block.scales_h[1] << 8;
    for (int j = 0; j < 8; ++j) {
        const int scale = (block.scales_l[j / 2] >> j % 2 * 4 & 15) | (high >> 2 * j & 3) << 4;
        by_table(iq4_values, block.qs + j * 16, d * static_cast<float>(scale - 32), j * 32, sink);
    }
}

/// `count` bytes of `digits` base-3 digits each, the highest first: a byte is the number's fraction of 256.
[[gnu::always_inline]] inline void base_three(
    const std::uint8_t* bytes, int count, int digits, float d, float* y) {
    int power = 1;
    for (int digit = 0; digit < digits; ++digit, power *= 3)
        for (int i = 0; i < count; ++i) {
            const int fraction = bytes[i] * power & 255;
            y[digit * count + i] = d * static_cast<float>((fraction * 3 >> 8) - 1);
        }
}

[[gnu::always_inline]] inline void unpack(const BlockTQ1_0& block, float* y) {
    const float d = from_half(block.d);
    base_three(block.qs, 32, 5, d, y);
    base_three(block.qs + 32, 16, 5, d, y + 160);
    base_three(block.qh, 4, 4, d, y + 240);
}

template <class Sink>
[[gnu::always_inline]] inline void take_apart(const BlockTQ2_0& block, Sink& sink) {
    const float d = from_half(block.d);
    for (int j = 0; j < 16; ++j)
        sink.put(j * 16, bits_of(bytes_at(block.qs + j / 8 * 32 + j % 2 * 16), j / 2 % 4 * 2, 3) - 1, d);
}

/// All values of a block that comes in sixteens.
template <class Block>
[[gnu::always_inline]] inline void unpack(const Block& block, float* y) {
    const Unpacked sink{y};
    take_apart(block, sink);
}

} // namespace

} // namespace lora
