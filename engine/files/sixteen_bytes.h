#pragma once
// Sixteen bytes at once, of which compilers make good code for every processor: bits out of them, a table's
// values for them, and the sink that makes numbers of them, for which compilers need intrinsics. A header, as
// gguf_block_values.h is, which tells why.

#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSSE3__)
#include <immintrin.h>
#endif

namespace lora {

namespace {

typedef std::uint8_t Bytes __attribute__((vector_size(16)));
typedef std::uint16_t Shorts __attribute__((vector_size(16)));
typedef std::uint64_t Words __attribute__((vector_size(16)));

[[gnu::always_inline]] inline Bytes bytes_at(const std::uint8_t* from) {
    Bytes bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return bytes;
}
/// Of each byte the bits from `shift` on that `mask` has.
[[gnu::always_inline]] inline Bytes bits_of(Bytes bytes, int shift, std::uint8_t mask) {
    return std::bit_cast<Bytes>(std::bit_cast<Shorts>(bytes) >> static_cast<std::uint16_t>(shift)) & mask;
}

/// Sixteen, a byte each, where the bits of two bytes are set: the lowest first.
[[gnu::always_inline]] inline Bytes sixteen_where(const std::uint8_t* bits) {
    constexpr std::uint64_t each = 0x0101010101010101u, own = 0x8040201008040201u;
    const Words words{bits[0] * each & own, bits[1] * each & own};
    return std::bit_cast<Bytes>(std::bit_cast<Bytes>(words) != 0) & 16;
}

/// What a table has for each byte, 0 to 15.
[[gnu::always_inline]] inline Bytes looked_up(const std::int8_t (&table)[16], Bytes bytes) {
#if defined(__SSSE3__)
    return std::bit_cast<Bytes>(
        _mm_shuffle_epi8(std::bit_cast<__m128i>(table), std::bit_cast<__m128i>(bytes)));
#else
    Bytes values = {};
    for (int i = 0; i < 16; ++i) values[i] = static_cast<std::uint8_t>(table[bytes[i]]);
    return values;
#endif
}

/// The sink that keeps all values of a block, in float32: d · q, or d · q + m, of sixteen bytes q.
struct Unpacked {
    float* y;

#if defined(__AVX512F__)
    [[gnu::always_inline]] void put(int at, Bytes q, float d, float m) const {
        const __m512 numbers = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(std::bit_cast<__m128i>(q)));
        _mm512_storeu_ps(y + at, _mm512_fmadd_ps(numbers, _mm512_set1_ps(d), _mm512_set1_ps(m)));
    }
    [[gnu::always_inline]] void put(int at, Bytes q, float d) const {
        const __m512 numbers = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(std::bit_cast<__m128i>(q)));
        _mm512_storeu_ps(y + at, _mm512_mul_ps(numbers, _mm512_set1_ps(d)));
    }
#elif defined(__AVX2__)
    [[gnu::always_inline]] void put(int at, Bytes q, float d, float m) const {
        const auto bytes = std::bit_cast<__m128i>(q);
        const __m256i low = _mm256_cvtepu8_epi32(bytes),
                      high = _mm256_cvtepu8_epi32(_mm_srli_si128(bytes, 8));
        const __m256 times = _mm256_set1_ps(d), plus = _mm256_set1_ps(m);
        _mm256_storeu_ps(y + at, _mm256_fmadd_ps(_mm256_cvtepi32_ps(low), times, plus));
        _mm256_storeu_ps(y + at + 8, _mm256_fmadd_ps(_mm256_cvtepi32_ps(high), times, plus));
    }
    [[gnu::always_inline]] void put(int at, Bytes q, float d) const {
        const auto bytes = std::bit_cast<__m128i>(q);
        const __m256i low = _mm256_cvtepi8_epi32(bytes),
                      high = _mm256_cvtepi8_epi32(_mm_srli_si128(bytes, 8));
        _mm256_storeu_ps(y + at, _mm256_mul_ps(_mm256_cvtepi32_ps(low), _mm256_set1_ps(d)));
        _mm256_storeu_ps(y + at + 8, _mm256_mul_ps(_mm256_cvtepi32_ps(high), _mm256_set1_ps(d)));
    }
#else
    [[gnu::always_inline]] void put(int at, Bytes q, float d, float m) const {
        for (int i = 0; i < 16; ++i) y[at + i] = d * static_cast<float>(q[i]) + m;
    }
    [[gnu::always_inline]] void put(int at, Bytes q, float d) const {
        for (int i = 0; i < 16; ++i) y[at + i] = d * static_cast<float>(static_cast<std::int8_t>(q[i]));
    }
#endif
};

} // namespace

} // namespace lora
