// The loops of packed_loops.h, compiled once for each instruction set (LORA_ISA). Everything but the table is
// in an unnamed namespace, so that no copy for one processor is ever linked in place of another's.

#include "engine/kernels/packed_loops.h"

#include "engine/kernels/cpu/block_kinds.h"
#include "engine/kernels/cpu/row_sums.h"
#include "engine/kernels/cpu/rows_in_sixteens.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace lora {

namespace {

typedef std::uint32_t Bits __attribute__((vector_size(LORA_VECTOR_BYTES)));
typedef std::uint16_t HalfBits __attribute__((vector_size(LORA_VECTOR_BYTES / 2), aligned(1), may_alias));
typedef float PlainFloats __attribute__((vector_size(LORA_VECTOR_BYTES), aligned(1), may_alias));

template <class Kind, int rows>
void dot_blocks(const std::byte* row, std::int64_t depth, const float* x, float* y, std::int64_t y_stride) {
    constexpr int values = Kind::values;
    const auto* blocks = reinterpret_cast<const typename Kind::Block*>(row);
    RowSums<rows, chains_for<values, rows>> sums;
    for (std::int64_t at = 0; at < depth; at += values, ++blocks) {
        alignas(LORA_VECTOR_BYTES) float w[values];
        unpack(*blocks, w);
        sums.template add<values>(w, x + at, depth);
    }
    for (int i = 0; i < rows; ++i) y[i * y_stride] = sums.of(i);
}

/// How far ahead of the numbers at hand memory is asked for: the processor's own guess stops at each page.
/// What lies behind a weight may be asked for too; nothing reads it.
constexpr std::int64_t bytes_ahead = 4096;

/// `lanes` numbers of a row that is not packed.
template <class Value>
[[gnu::always_inline]] inline Vector plain_values(const std::byte* from) {
    if constexpr (std::is_same_v<Value, float>) {
        return *reinterpret_cast<const PlainFloats*>(from);
    } else if constexpr (std::is_same_v<Value, BFloat>) {
        const Bits bits = __builtin_convertvector(*reinterpret_cast<const HalfBits*>(from), Bits);
        return std::bit_cast<Vector>(bits << 16);
    } else {
        Vector values;
        for (int lane = 0; lane < lanes; ++lane) {
            float value = 0;
            unpack(*reinterpret_cast<const Value*>(from + lane * sizeof(Value)), &value);
            values[lane] = value;
        }
        return values;
    }
}

template <class Value, int rows>
void dot_plain(const std::byte* row, std::int64_t depth, const float* x, float* y, std::int64_t y_stride) {
    constexpr int chains = rows > 2 ? 2 : 4, step = lanes * chains;
    Vector sums[rows][chains] = {};
    std::int64_t at = 0;
    for (; at + step <= depth; at += step)
        for (int chain = 0; chain < chains; ++chain) {
            const std::int64_t place = at + chain * lanes;
            const std::byte* const from = row + place * static_cast<std::int64_t>(sizeof(Value));
            __builtin_prefetch(from + bytes_ahead, 0, 0);
            const Vector some = plain_values<Value>(from);
            for (int i = 0; i < rows; ++i) sums[i][chain] += some * vector_at(x + i * depth + place);
        }
    for (int i = 0; i < rows; ++i) {
        float sum = 0;
        for (int chain = 0; chain < chains; ++chain) sum += sum_of(sums[i][chain]);
        for (std::int64_t rest = at; rest < depth; ++rest) {
            float value = 0;
            std::remove_const_t<Value> stored;
            std::memcpy(&stored, row + rest * static_cast<std::int64_t>(sizeof(Value)), sizeof stored);
            unpack(stored, &value);
            sum += value * x[i * depth + rest];
        }
        y[i * y_stride] = sum;
    }
}

template <class Kind, int rows>
void dot_rows(const PackedTask& task, std::int64_t first, std::int64_t begin, std::int64_t end) {
    const float* const x = task.x + first * task.depth;
    for (std::int64_t n = begin; n < end; ++n) {
        const std::byte* const row = task.rows + n * task.row_bytes;
        float* const y = task.y + first * task.y_stride + n;
        if constexpr (Kind::values == 1)
            dot_plain<typename Kind::Block, rows>(row, task.depth, x, y, task.y_stride);
        else
            dot_blocks<Kind, rows>(row, task.depth, x, y, task.y_stride);
    }
}

void multiply(const PackedTask& task, std::int64_t begin, std::int64_t end) {
    with_blocks(task.type, [&]<class Kind>(Kind) {
#if defined(__AVX2__)
        if constexpr (in_sixteens<Kind>)
            if (task.one.values != nullptr) return dot_sixteens<Kind>(task, begin, end);
#endif
        some_rows_at_a_time(task.x_rows,
            [&]<int rows>(std::int64_t first) { dot_rows<Kind, rows>(task, first, begin, end); });
    });
}

void unpack_floats(BlockType type, const std::byte* bytes, std::int64_t count, float* values) {
    with_blocks(type, [&]<class Kind>(Kind) {
        const auto* blocks = reinterpret_cast<const typename Kind::Block*>(bytes);
        if constexpr (std::is_same_v<typename Kind::Block, float>)
            std::memcpy(values, bytes, static_cast<std::size_t>(count) * sizeof(float));
        else
            for (std::int64_t at = 0; at < count; at += Kind::values) unpack(*blocks++, values + at);
    });
}

void unpack_bfloat16(BlockType type, const std::byte* bytes, std::int64_t count, BFloat16* values) {
    const BlockLayout block = layout(type);
    constexpr std::int64_t some = 256; // whole blocks of every type
    float wide[some];
    for (std::int64_t at = 0; at < count; at += some) {
        const std::int64_t taken = std::min(some, count - at);
        unpack_floats(
            type, bytes + at / block.values * static_cast<std::int64_t>(block.size_bytes), taken, wide);
#pragma omp simd
        for (std::int64_t i = 0; i < taken; ++i) values[at + i] = from_float<BFloat16>(wide[i]);
    }
}

constexpr PackedLoops packed_table{multiply, to_sixteens, unpack_floats, unpack_bfloat16};

} // namespace

#define LORA_JOIN(a, b) a##b
#define LORA_NAMED(a, b) LORA_JOIN(a, b)
const PackedLoops& LORA_NAMED(packed_, LORA_ISA)() { return packed_table; }
#undef LORA_NAMED
#undef LORA_JOIN

} // namespace lora
