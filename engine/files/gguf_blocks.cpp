#include "engine/files/gguf_blocks.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>

namespace lora {

namespace {

// The layouts of ggml's blocks. They hold bytes only, so that they can lie at any address.
using Half = std::array<std::uint8_t, 2>;

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

constexpr std::array<BlockLayout, 11> layouts = {{{"F32", 1, 4}, {"F16", 1, 2}, {"BF16", 1, 2},
    {"Q4_0", 32, sizeof(BlockQ4_0)}, {"Q4_1", 32, sizeof(BlockQ4_1)}, {"Q5_0", 32, sizeof(BlockQ5_0)},
    {"Q5_1", 32, sizeof(BlockQ5_1)}, {"Q8_0", 32, sizeof(BlockQ8_0)}, {"Q4_K", 256, sizeof(BlockQ4_K)},
    {"Q5_K", 256, sizeof(BlockQ5_K)}, {"Q6_K", 256, sizeof(BlockQ6_K)}}};

/// Exact for every half, with no branch, so that a loop over halves vectorises.
float from_half(Half half) {
    const std::uint32_t bits = half[0] | std::uint32_t{half[1]} << 8;
    const std::uint32_t magnitude = (bits & 0x7fffu) << 13;
    const std::uint32_t exponent = bits & 0x7c00u;
    const std::uint32_t normal = magnitude + (112u << 23) + (exponent == 0x7c00u ? 112u << 23 : 0u);
    // A subnormal half is its mantissa above 2^-14, less that 2^-14.
    const float above = std::bit_cast<float>(magnitude + (113u << 23)) - std::bit_cast<float>(113u << 23);
    const std::uint32_t unsigned_bits = exponent == 0 ? std::bit_cast<std::uint32_t>(above) : normal;
    return std::bit_cast<float>(unsigned_bits | (bits & 0x8000u) << 16);
}

void unpack(const Half& half, float* y) { *y = from_half(half); }

struct BFloat {
    std::array<std::uint8_t, 2> bytes;
};
void unpack(const BFloat& value, float* y) {
    *y = std::bit_cast<float>((value.bytes[0] | std::uint32_t{value.bytes[1]} << 8) << 16);
}

void unpack(const BlockQ4_0& block, float* y) {
    const float d = from_half(block.d);
    for (int i = 0; i < 16; ++i) y[i] = d * static_cast<float>((block.qs[i] & 15) - 8);
    for (int i = 0; i < 16; ++i) y[i + 16] = d * static_cast<float>((block.qs[i] >> 4) - 8);
}

void unpack(const BlockQ4_1& block, float* y) {
    const float d = from_half(block.d);
    const float m = from_half(block.m);
    for (int i = 0; i < 16; ++i) y[i] = d * static_cast<float>(block.qs[i] & 15) + m;
    for (int i = 0; i < 16; ++i) y[i + 16] = d * static_cast<float>(block.qs[i] >> 4) + m;
}

/// The five-bit values of a block: the fifth bit of value i is bit i of qh.
void five_bits(const std::uint8_t (&qh)[4], const std::uint8_t (&qs)[16], int (&q)[32]) {
    std::uint32_t high = 0;
    std::memcpy(&high, qh, sizeof high);
    for (int i = 0; i < 16; ++i) q[i] = (qs[i] & 15) | static_cast<int>((high >> i & 1) << 4);
    for (int i = 0; i < 16; ++i) q[i + 16] = (qs[i] >> 4) | static_cast<int>((high >> (i + 16) & 1) << 4);
}

void unpack(const BlockQ5_0& block, float* y) {
    const float d = from_half(block.d);
    int q[32];
    five_bits(block.qh, block.qs, q);
    for (int i = 0; i < 32; ++i) y[i] = d * static_cast<float>(q[i] - 16);
}

void unpack(const BlockQ5_1& block, float* y) {
    const float d = from_half(block.d);
    const float m = from_half(block.m);
    int q[32];
    five_bits(block.qh, block.qs, q);
    for (int i = 0; i < 32; ++i) y[i] = d * static_cast<float>(q[i]) + m;
}

void unpack(const BlockQ8_0& block, float* y) {
    const float d = from_half(block.d);
    for (int i = 0; i < 32; ++i) y[i] = d * static_cast<float>(block.qs[i]);
}

/// Scale and minimum of the eight groups of 32, six bits each, packed into twelve bytes.
struct GroupScales {
    float d[8], m[8];
};
GroupScales group_scales(const std::uint8_t (&s)[12], float d, float dmin) {
    GroupScales groups;
    for (int j = 0; j < 4; ++j) {
        groups.d[j] = d * static_cast<float>(s[j] & 63);
        groups.m[j] = dmin * static_cast<float>(s[j + 4] & 63);
        groups.d[j + 4] = d * static_cast<float>((s[j + 8] & 15) | (s[j] >> 6) << 4);
        groups.m[j + 4] = dmin * static_cast<float>((s[j + 8] >> 4) | (s[j + 4] >> 6) << 4);
    }
    return groups;
}

void unpack(const BlockQ4_K& block, float* y) {
    const GroupScales groups = group_scales(block.scales, from_half(block.d), from_half(block.dmin));
    for (int j = 0; j < 8; ++j) {
        const std::uint8_t* qs = block.qs + j / 2 * 32;
        const int shift = j % 2 * 4;
        for (int i = 0; i < 32; ++i)
            y[j * 32 + i] = groups.d[j] * static_cast<float>(qs[i] >> shift & 15) - groups.m[j];
    }
}

void unpack(const BlockQ5_K& block, float* y) {
    const GroupScales groups = group_scales(block.scales, from_half(block.d), from_half(block.dmin));
    for (int j = 0; j < 8; ++j) {
        const std::uint8_t* qs = block.qs + j / 2 * 32;
        const int shift = j % 2 * 4;
        for (int i = 0; i < 32; ++i) {
            const int q = (qs[i] >> shift & 15) | (block.qh[i] >> j & 1) << 4;
            y[j * 32 + i] = groups.d[j] * static_cast<float>(q) - groups.m[j];
        }
    }
}

void unpack(const BlockQ6_K& block, float* y) {
    const float d = from_half(block.d);
    // Eight runs of 32 values; four runs share 64 bytes of low bits and 32 bytes of high bits.
    for (int j = 0; j < 8; ++j) {
        const std::uint8_t* ql = block.ql + j / 4 * 64 + j % 2 * 32;
        const std::uint8_t* qh = block.qh + j / 4 * 32;
        const int low_shift = j % 4 / 2 * 4;
        const int high_shift = j % 4 * 2;
        const float scales[2] = {
            d * static_cast<float>(block.scales[2 * j]), d * static_cast<float>(block.scales[2 * j + 1])};
        for (int i = 0; i < 32; ++i) {
            const int q = ((ql[i] >> low_shift & 15) | (qh[i] >> high_shift & 3) << 4) - 32;
            y[j * 32 + i] = scales[i / 16] * static_cast<float>(q);
        }
    }
}

template <class Block, std::size_t values_per_block>
void unpack_all(std::span<const std::byte> bytes, std::span<float> values) {
    static_assert(alignof(Block) == 1);
    const auto* blocks = reinterpret_cast<const Block*>(bytes.data());
    const std::size_t count = bytes.size() / sizeof(Block);
    for (std::size_t i = 0; i < count; ++i) unpack(blocks[i], values.data() + i * values_per_block);
}

} // namespace

BlockLayout layout(BlockType type) { return layouts[static_cast<std::size_t>(type)]; }

void dequantize(BlockType type, std::span<const std::byte> bytes, std::span<float> values) {
    [[maybe_unused]] const BlockLayout block = layout(type);
    assert(values.size() % static_cast<std::size_t>(block.values) == 0);
    assert(bytes.size() == values.size() / static_cast<std::size_t>(block.values) * block.size_bytes);
    switch (type) {
    case BlockType::F32:
        if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
        return;
    case BlockType::F16: return unpack_all<Half, 1>(bytes, values);
    case BlockType::BF16: return unpack_all<BFloat, 1>(bytes, values);
    case BlockType::Q4_0: return unpack_all<BlockQ4_0, 32>(bytes, values);
    case BlockType::Q4_1: return unpack_all<BlockQ4_1, 32>(bytes, values);
    case BlockType::Q5_0: return unpack_all<BlockQ5_0, 32>(bytes, values);
    case BlockType::Q5_1: return unpack_all<BlockQ5_1, 32>(bytes, values);
    case BlockType::Q8_0: return unpack_all<BlockQ8_0, 32>(bytes, values);
    case BlockType::Q4_K: return unpack_all<BlockQ4_K, 256>(bytes, values);
    case BlockType::Q5_K: return unpack_all<BlockQ5_K, 256>(bytes, values);
    case BlockType::Q6_K: return unpack_all<BlockQ6_K, 256>(bytes, values);
    }
}

} // namespace lora
