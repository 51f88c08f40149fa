#pragma once
// What a lane of 32 bits holds in bfloat16 products: two neighbours of the depth, which one instruction
// multiplies and adds to a float32 sum. For processors with AVX512_BF16; each source file gets its own copy.

#include "engine/kernels/bfloat16.h"

#include <cstdint>
#include <cstring>

#include <immintrin.h>

namespace lora {

namespace {

template <class T>
struct Lane;

template <>
struct Lane<BFloat16> {
    static constexpr std::int64_t per_step = 2;
    static __m512i repeat(const BFloat16* x) {
        std::int32_t pair = 0;
        std::memcpy(&pair, x, sizeof pair);
        return _mm512_set1_epi32(pair);
    }
    static __m512 multiply_add(__m512 sum, __m512i x, __m512i w) {
        return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(x), reinterpret_cast<__m512bh>(w));
    }
    static __m512i step_of_rows(const BFloat16* row, std::int64_t stride, __mmask16 inside) {
        const __m512i first = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(inside, row));
        const __m512i second = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(inside, row + stride));
        return _mm512_or_si512(first, _mm512_slli_epi32(second, 16));
    }
    static __m512 load(const BFloat16* from, __mmask16 inside) {
        return _mm512_castsi512_ps(
            _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(inside, from)), 16));
    }
    static void store(BFloat16* to, __mmask16 inside, __m512 values) {
        _mm256_mask_storeu_epi16(to, inside, reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(values)));
    }
};

} // namespace

} // namespace lora
