#pragma once
// From a block's type, which is known when the program runs, to its C++ type, which a loop is compiled for.
// In an unnamed namespace, as what is compiled for several instruction sets must be.

#include "engine/files/gguf_blocks.h"
#include "engine/files/gguf_super_blocks.h"

namespace lora {

namespace {

/// What a row's bytes are: blocks of so many values.
template <class Block_, int values_>
struct Packed {
    using Block = Block_;
    static constexpr int values = values_;
};

/// Calls work(Packed<…>) with what `type` is.
template <class Work>
[[gnu::always_inline]] inline void with_blocks(BlockType type, const Work& work) {
    switch (type) {
    case BlockType::F32: return work(Packed<float, 1>());
    case BlockType::F16: return work(Packed<Half, 1>());
    case BlockType::BF16: return work(Packed<BFloat, 1>());
    case BlockType::Q4_0: return work(Packed<BlockQ4_0, 32>());
    case BlockType::Q4_1: return work(Packed<BlockQ4_1, 32>());
    case BlockType::Q5_0: return work(Packed<BlockQ5_0, 32>());
    case BlockType::Q5_1: return work(Packed<BlockQ5_1, 32>());
    case BlockType::Q8_0: return work(Packed<BlockQ8_0, 32>());
    case BlockType::IQ4_NL: return work(Packed<BlockIQ4_NL, 32>());
    case BlockType::MXFP4: return work(Packed<BlockMXFP4, 32>());
    case BlockType::Q2_K: return work(Packed<BlockQ2_K, 256>());
    case BlockType::Q3_K: return work(Packed<BlockQ3_K, 256>());
    case BlockType::Q4_K: return work(Packed<BlockQ4_K, 256>());
    case BlockType::Q5_K: return work(Packed<BlockQ5_K, 256>());
    case BlockType::Q6_K: return work(Packed<BlockQ6_K, 256>());
    case BlockType::IQ4_XS: return work(Packed<BlockIQ4_XS, 256>());
    case BlockType::TQ1_0: return work(Packed<BlockTQ1_0, 256>());
    case BlockType::TQ2_0: return work(Packed<BlockTQ2_0, 256>());
    case BlockType::NF4:
    case BlockType::NF4Wide:
    case BlockType::Int8: return; // scaled_loops.h's
    }
}

} // namespace

} // namespace lora
