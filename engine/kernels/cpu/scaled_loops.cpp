// The loops of scaled_loops.h, compiled once for each instruction set (LORA_ISA). Everything but the table is
// in an unnamed namespace, so that no copy for one processor is ever linked in place of another's.

#include "engine/kernels/scaled_loops.h"

#include "engine/kernels/cpu/row_sums.h"

#include <algorithm>
#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace lora {

namespace {

typedef std::int8_t SignedBytes __attribute__((vector_size(lanes), aligned(1), may_alias));

#if defined(__AVX512F__) || defined(__AVX2__)
/// The halves of eight bytes, sixteen numbers of four bits, each as a byte.
[[gnu::always_inline]] inline __m128i sixteen_halves(const std::byte* from) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
    const __m128i mask = _mm_set1_epi8(15);
    return _mm_unpacklo_epi8(_mm_and_si128(_mm_srli_epi16(bytes, 4), mask), _mm_and_si128(bytes, mask));
}
#endif

/// A table of sixteen values, where the processor looks them up fastest.
#if defined(__AVX512F__)
struct Table {
    __m512 values;
    explicit Table(const float* table) : values(_mm512_loadu_ps(table)) {}

    [[gnu::always_inline]] void sixteen(const std::byte* from, float scale, float* to) const {
        const __m512i places = _mm512_cvtepu8_epi32(sixteen_halves(from));
        _mm512_storeu_ps(to, _mm512_mul_ps(_mm512_permutexvar_ps(places, values), _mm512_set1_ps(scale)));
    }
};
#elif defined(__AVX2__)
struct Table {
    __m256 low, high;
    explicit Table(const float* table) : low(_mm256_loadu_ps(table)), high(_mm256_loadu_ps(table + 8)) {}

    /// Bit 3 of a place, moved to where a blend looks, says which half of the table has it.
    [[gnu::always_inline]] __m256 at(__m256i places) const {
        return _mm256_blendv_ps(_mm256_permutevar8x32_ps(low, places), _mm256_permutevar8x32_ps(high, places),
            _mm256_castsi256_ps(_mm256_slli_epi32(places, 28)));
    }
    [[gnu::always_inline]] void sixteen(const std::byte* from, float scale, float* to) const {
        const __m128i places = sixteen_halves(from);
        const __m256 times = _mm256_set1_ps(scale);
        _mm256_storeu_ps(to, _mm256_mul_ps(at(_mm256_cvtepu8_epi32(places)), times));
        _mm256_storeu_ps(to + 8, _mm256_mul_ps(at(_mm256_cvtepu8_epi32(_mm_srli_si128(places, 8))), times));
    }
};
#else
struct Table {
    const float* values;
    explicit Table(const float* table) : values(table) {}

    void sixteen(const std::byte* from, float scale, float* to) const {
        for (int i = 0; i < 8; ++i) {
            const auto both = static_cast<std::uint8_t>(from[i]);
            to[2 * i] = values[both >> 4] * scale;
            to[2 * i + 1] = values[both & 15] * scale;
        }
    }
};
#endif

[[gnu::always_inline]] inline void unpack_block(
    const Table& table, const std::byte* from, float scale, float* to) {
    for (std::int64_t i = 0; i < values_of_scale; i += 16) table.sixteen(from + i / 2, scale, to + i);
}

constexpr std::int64_t blocks_at_once = 64; // whose scales are read before their numbers

/// Calls work(first value, values, their scales) for some blocks of NF4 at a time.
template <class Work>
[[gnu::always_inline]] inline void for_blocks(BlockType type, const ScaledPart& part, const Work& work) {
    constexpr std::int64_t at_once = blocks_at_once * values_of_scale;
    float scales[blocks_at_once];
    for (std::int64_t done = 0; done < part.count; done += at_once) {
        const std::int64_t first = part.begin + done, taken = std::min(at_once, part.count - done);
        read_scales(type, part.row, part.columns, first / values_of_scale, taken / values_of_scale, scales);
        work(first, taken, scales);
    }
}

template <int rows>
[[gnu::always_inline]] inline void dot_four_bits(
    const ScaledTask& task, std::int64_t first, std::int64_t begin, std::int64_t end) {
    const Table table(nf4_values().data());
    const float* const x = task.x + first * task.depth;
    for (std::int64_t n = begin; n < end; ++n) {
        const std::byte* const row = task.rows + n * task.row_bytes;
        RowSums<rows, chains_for<values_of_scale, rows>> sums;
        for_blocks(task.type, {row, task.depth, 0, task.depth},
            [&](std::int64_t at, std::int64_t count, const float* scales) {
                for (std::int64_t i = 0; i < count; i += values_of_scale) {
                    alignas(LORA_VECTOR_BYTES) float w[values_of_scale];
                    unpack_block(table, row + (at + i) / 2, scales[i / values_of_scale], w);
                    sums.template add<values_of_scale>(w, x + at + i, task.depth);
                }
            });
        for (int i = 0; i < rows; ++i) task.y[(first + i) * task.y_stride + n] = sums.of(i);
    }
}

template <int rows>
[[gnu::always_inline]] inline void dot_int8(
    const ScaledTask& task, std::int64_t first, std::int64_t begin, std::int64_t end) {
    const float* const x = task.x + first * task.depth;
    for (std::int64_t n = begin; n < end; ++n) {
        const std::byte* const row = task.rows + n * task.row_bytes;
        const auto* const numbers = reinterpret_cast<const std::int8_t*>(row);
        float scale = 0;
        read_scales(task.type, row, task.depth, 0, 1, &scale);
        Vector sums[rows] = {};
        std::int64_t at = 0;
        for (; at + lanes <= task.depth; at += lanes) {
            const Vector some =
                __builtin_convertvector(*reinterpret_cast<const SignedBytes*>(numbers + at), Vector);
            for (int i = 0; i < rows; ++i) sums[i] += some * vector_at(x + i * task.depth + at);
        }
        for (int i = 0; i < rows; ++i) {
            float sum = sum_of(sums[i]);
            for (std::int64_t rest = at; rest < task.depth; ++rest)
                sum += static_cast<float>(numbers[rest]) * x[i * task.depth + rest];
            task.y[(first + i) * task.y_stride + n] = sum * (scale * part_of_scale);
        }
    }
}

void multiply(const ScaledTask& task, std::int64_t begin, std::int64_t end) {
    some_rows_at_a_time(task.x_rows, [&]<int rows>(std::int64_t first) {
        if (task.type == BlockType::Int8)
            dot_int8<rows>(task, first, begin, end);
        else
            dot_four_bits<rows>(task, first, begin, end);
    });
}

void unpack_floats(BlockType type, const ScaledPart& part, float* values) {
    if (type != BlockType::Int8) {
        const Table table(nf4_values().data());
        return for_blocks(type, part, [&](std::int64_t at, std::int64_t count, const float* scales) {
            for (std::int64_t i = 0; i < count; i += values_of_scale)
                unpack_block(table, part.row + (at + i) / 2, scales[i / values_of_scale],
                    values + at + i - part.begin);
        });
    }
    const auto* const numbers = reinterpret_cast<const std::int8_t*>(part.row) + part.begin;
    float scale = 0;
    read_scales(type, part.row, part.columns, 0, 1, &scale);
#pragma omp simd
    for (std::int64_t i = 0; i < part.count; ++i)
        values[i] = static_cast<float>(numbers[i]) * scale * part_of_scale;
}

void unpack_bfloat16(BlockType type, const ScaledPart& part, BFloat16* values) {
    constexpr std::int64_t some = 4 * values_of_scale;
    float wide[some];
    for (std::int64_t at = 0; at < part.count; at += some) {
        const std::int64_t taken = std::min(some, part.count - at);
        unpack_floats(type, {part.row, part.columns, part.begin + at, taken}, wide);
#pragma omp simd
        for (std::int64_t i = 0; i < taken; ++i) values[at + i] = from_float<BFloat16>(wide[i]);
    }
}

constexpr ScaledLoops scaled_table{multiply, unpack_floats, unpack_bfloat16};

} // namespace

#define LORA_JOIN(a, b) a##b
#define LORA_NAMED(a, b) LORA_JOIN(a, b)
const ScaledLoops& LORA_NAMED(scaled_, LORA_ISA)() { return scaled_table; }
#undef LORA_NAMED
#undef LORA_JOIN

} // namespace lora
