#pragma once
// One row of x as whole numbers of 16 bits, and its products with packed rows of a weight without unpacking
// them to float32, where the processor has AVX2. In an unnamed namespace, as what is compiled for several
// instruction sets must be.

#include "engine/kernels/cpu/block_kinds.h"
#include "engine/kernels/packed_loops.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>

namespace lora {

namespace {

#if defined(__AVX2__)
inline void to_sixteens(const float* x, std::int64_t count, const RowInSixteens& row) {
    constexpr float most = 32767;
    for (std::int64_t at = 0; at < count; at += 16) {
        float largest = 0, sum = 0;
        for (int i = 0; i < 16; ++i) {
            largest = std::max(largest, std::abs(x[at + i]));
            sum += x[at + i];
        }
        const float inverse = largest > 0 ? most / largest : 0;
        for (int i = 0; i < 16; ++i)
            row.values[at + i] = static_cast<std::int16_t>(std::lrint(x[at + i] * inverse));
        row.scales[at / 16] = largest / most;
        row.sums[at / 16] = sum;
    }
}

/// The sink that multiplies with a row in sixteens. A sum of 16 products with seven bits is far from 2^31.
struct Products {
    const std::int16_t* x;
    const float* scales;
    const float* sums;
    __m256 chains[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
    float least = 0;

    [[gnu::always_inline]] void put(int at, Bytes q, float d) {
        const __m256i wide = _mm256_cvtepi8_epi16(std::bit_cast<__m128i>(q));
        const __m256i with = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x + at));
        const __m256 pairs = _mm256_cvtepi32_ps(_mm256_madd_epi16(wide, with));
        __m256& sum = chains[at / 16 % 2];
        sum = _mm256_fmadd_ps(pairs, _mm256_set1_ps(d * scales[at / 16]), sum);
    }
    [[gnu::always_inline]] void put(int at, Bytes q, float d, float m) {
        put(at, q, d);
        least += m * sums[at / 16];
    }
};

template <class Kind>
void dot_sixteens(const PackedTask& task, std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n) {
        const auto* blocks = reinterpret_cast<const typename Kind::Block*>(task.rows + n * task.row_bytes);
        Products sink{task.one.values, task.one.scales, task.one.sums};
        for (std::int64_t at = 0; at < task.depth; at += Kind::values) {
            take_apart(*blocks++, sink);
            sink.x += Kind::values;
            sink.scales += Kind::values / 16;
            sink.sums += Kind::values / 16;
        }
        alignas(32) float sums[8];
        _mm256_store_ps(sums, _mm256_add_ps(sink.chains[0], sink.chains[1]));
        task.y[n] = sink.least + ((sums[0] + sums[1]) + (sums[2] + sums[3]))
                    + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    }
}
inline constexpr bool has_sixteens = true;
#else
inline constexpr auto to_sixteens = nullptr;
inline constexpr bool has_sixteens = false;
#endif

/// Whether a block's values come in sixteens.
template <class Kind>
constexpr bool in_sixteens =
    has_sixteens&& Kind::values > 1 && !std::is_same_v<typename Kind::Block, BlockTQ1_0>;

} // namespace

} // namespace lora
