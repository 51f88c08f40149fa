#pragma once
// What a lane of 32 bits holds in float32 products: one value. For processors with AVX-512; each source file
// gets its own copy.

#include <cstdint>

#include <immintrin.h>

namespace lora {

namespace {

template <class T>
struct Lane;

template <>
struct Lane<float> {
    static constexpr std::int64_t per_step = 1;
    static __m512i repeat(const float* x) { return _mm512_castps_si512(_mm512_set1_ps(*x)); }
    static __m512 multiply_add(__m512 sum, __m512i x, __m512i w) {
        return _mm512_fmadd_ps(_mm512_castsi512_ps(x), _mm512_castsi512_ps(w), sum);
    }
    static __m512i step_of_rows(const float* row, std::int64_t /*stride*/, __mmask16 inside) {
        return _mm512_maskz_loadu_epi32(inside, row);
    }
    static __m512 load(const float* from, __mmask16 inside) { return _mm512_maskz_loadu_ps(inside, from); }
    static void store(float* to, __mmask16 inside, __m512 values) {
        _mm512_mask_storeu_ps(to, inside, values);
    }
};

} // namespace

} // namespace lora
