#pragma once
// Loops over a weight that lies as GGUF's blocks, or as plain numbers, for frozen_weight.h: products with a
// few rows straight from the blocks, and unpacking. In float32 throughout. Compiled once for each instruction
// set.

#include "engine/files/gguf_blocks.h"
#include "engine/kernels/bfloat16.h"

#include <cstddef>
#include <cstdint>

namespace lora {

/// A row of x in sixteens: each sixteen values as whole numbers of 16 bits, their scale, and their sum. They
/// keep 2^-16 of the largest of the sixteen, which is finer than bfloat16 for values that are near it.
struct RowInSixteens {
    std::int16_t* values = nullptr; ///< [depth]
    float* scales = nullptr;        ///< [depth / 16]
    float* sums = nullptr;          ///< [depth / 16]
};

/// y [x_rows, columns of y] from x [x_rows, depth] and the weight's rows, one after the other in memory.
struct PackedTask {
    BlockType type = BlockType::F32;
    const std::byte* rows = nullptr;
    std::int64_t row_bytes = 0;
    std::int64_t depth = 0; ///< whole blocks
    const float* x = nullptr;
    RowInSixteens one =
        {}; ///< x where it is one row that meets packed blocks by whole numbers; null: it does not
    std::int64_t x_rows = 0;
    float* y = nullptr; ///< y[m · y_stride + n] = x[m] · row n
    std::int64_t y_stride = 0;
};

struct PackedLoops {
    /// The weight's rows [begin, end).
    void (*multiply)(const PackedTask& task, std::int64_t begin, std::int64_t end);
    /// Fills a row in sixteens; null where the processor has no instructions that make it worth while.
    void (*to_sixteens)(const float* x, std::int64_t count, const RowInSixteens& row);
    /// `count` values, whole blocks.
    void (*unpack)(BlockType type, const std::byte* blocks, std::int64_t count, float* values);
    void (*unpack_bfloat16)(BlockType type, const std::byte* blocks, std::int64_t count, BFloat16* values);
};

const PackedLoops& packed_plain();
const PackedLoops& packed_avx2();
const PackedLoops& packed_avx512();

} // namespace lora
