#include "engine/files/gguf_blocks.h"

#include "engine/files/gguf_super_blocks.h"

#include <array>
#include <cassert>
#include <cstring>

namespace lora {

namespace {

constexpr std::array<BlockLayout, 21> layouts = {{{"F32", 1, 4}, {"F16", 1, 2}, {"BF16", 1, 2},
    {"Q4_0", 32, sizeof(BlockQ4_0)}, {"Q4_1", 32, sizeof(BlockQ4_1)}, {"Q5_0", 32, sizeof(BlockQ5_0)},
    {"Q5_1", 32, sizeof(BlockQ5_1)}, {"Q8_0", 32, sizeof(BlockQ8_0)}, {"IQ4_NL", 32, sizeof(BlockIQ4_NL)},
    {"MXFP4", 32, sizeof(BlockMXFP4)}, {"Q2_K", 256, sizeof(BlockQ2_K)}, {"Q3_K", 256, sizeof(BlockQ3_K)},
    {"Q4_K", 256, sizeof(BlockQ4_K)}, {"Q5_K", 256, sizeof(BlockQ5_K)}, {"Q6_K", 256, sizeof(BlockQ6_K)},
    {"IQ4_XS", 256, sizeof(BlockIQ4_XS)}, {"TQ1_0", 256, sizeof(BlockTQ1_0)},
    {"TQ2_0", 256, sizeof(BlockTQ2_0)}, {"NF4", 64, 0}, {"NF4 with float scales", 64, 0}, {"int8", 1, 0}}};

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
    assert(block.size_bytes > 0 && values.size() % static_cast<std::size_t>(block.values) == 0);
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
    case BlockType::IQ4_NL: return unpack_all<BlockIQ4_NL, 32>(bytes, values);
    case BlockType::MXFP4: return unpack_all<BlockMXFP4, 32>(bytes, values);
    case BlockType::Q2_K: return unpack_all<BlockQ2_K, 256>(bytes, values);
    case BlockType::Q3_K: return unpack_all<BlockQ3_K, 256>(bytes, values);
    case BlockType::Q4_K: return unpack_all<BlockQ4_K, 256>(bytes, values);
    case BlockType::Q5_K: return unpack_all<BlockQ5_K, 256>(bytes, values);
    case BlockType::Q6_K: return unpack_all<BlockQ6_K, 256>(bytes, values);
    case BlockType::IQ4_XS: return unpack_all<BlockIQ4_XS, 256>(bytes, values);
    case BlockType::TQ1_0: return unpack_all<BlockTQ1_0, 256>(bytes, values);
    case BlockType::TQ2_0: return unpack_all<BlockTQ2_0, 256>(bytes, values);
    case BlockType::NF4:
    case BlockType::NF4Wide:
    case BlockType::Int8: break;
    }
}

} // namespace lora
