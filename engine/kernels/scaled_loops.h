#pragma once
// Loops over rows that have their scales behind their numbers (engine/files/scaled_rows.h): products with a
// few rows, and unpacking. In float32 throughout. Compiled once for each instruction set.

#include "engine/files/scaled_rows.h"
#include "engine/kernels/bfloat16.h"

#include <cstddef>
#include <cstdint>

namespace lora {

/// y [x_rows, rows] from x [x_rows, depth] and rows of a weight, one after the other in memory.
struct ScaledTask {
    BlockType type = BlockType::NF4;
    const std::byte* rows = nullptr; ///< the first of them
    std::int64_t row_bytes = 0;
    std::int64_t depth = 0;
    const float* x = nullptr;
    std::int64_t x_rows = 0;
    float* y = nullptr; ///< y[m · y_stride + n] = x[m] · row n
    std::int64_t y_stride = 0;
};

/// Some values of a row, whole blocks.
struct ScaledPart {
    const std::byte* row = nullptr;
    std::int64_t columns = 0; ///< of the whole row
    std::int64_t begin = 0, count = 0;
};

struct ScaledLoops {
    /// The weight's rows [begin, end).
    void (*multiply)(const ScaledTask& task, std::int64_t begin, std::int64_t end);
    void (*unpack)(BlockType type, const ScaledPart& part, float* values);
    void (*unpack_bfloat16)(BlockType type, const ScaledPart& part, BFloat16* values);
};

const ScaledLoops& scaled_plain();
const ScaledLoops& scaled_avx2();
const ScaledLoops& scaled_avx512();

} // namespace lora
