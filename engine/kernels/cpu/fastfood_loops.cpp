// The loops of fastfood_loops.h, compiled once for each instruction set (LORA_ISA). Everything but the tables
// is in an unnamed namespace, so that no copy for one processor is ever linked in place of another's.

#include "engine/kernels/fastfood_loops.h"

#include "engine/kernels/random_bits.h"
#include "engine/kernels/walsh_hadamard.h"

#include <cstdint>

namespace lora {

namespace {

RandomStream signs_of(const FastfoodBlock& block) { return random_stream(block.seed, 0, 0); }
RandomStream gaussians_of(const FastfoodBlock& block) { return random_stream(block.seed, 0, 1); }

// A bijection of the numbers below 2^bits: products with odd numbers and shifted copies of itself, each of
// which can be undone. Nothing of it is stored.
struct Permutation {
    std::uint32_t mask, first, second, third, added;
    int shift;

    explicit Permutation(const FastfoodBlock& block)
        : mask(static_cast<std::uint32_t>(block.size() - 1)),
          shift(block.bits < 2 ? 1 : (block.bits + 1) / 2) {
        const RandomStream a = random_stream(block.seed, 1, 2), b = random_stream(block.seed, 2, 2);
        first = a.first | 1U;
        second = a.second | 1U;
        third = b.first | 1U;
        added = b.second;
    }
    [[gnu::always_inline]] std::uint32_t operator()(std::uint32_t i) const {
        std::uint32_t x = (i + added) * first & mask;
        x = (x ^ (x >> shift)) * second & mask;
        x = (x ^ (x >> shift)) * third & mask;
        return x ^ (x >> shift);
    }
};

template <class T>
[[gnu::always_inline]] inline T sign(const RandomStream& stream, std::int64_t i) {
    return random_bits(stream, static_cast<std::uint32_t>(i)) >> 31 ? T(-1) : T(1);
}

template <class T>
void fill_gaussians(const FastfoodBlock& block, T* g) {
    const RandomStream stream = gaussians_of(block);
    const std::int64_t half = block.size() / 2;
    if (half == 0) g[0] = static_cast<T>(normal_pair(stream, 0).first);
#pragma omp simd
    for (std::int64_t i = 0; i < half; ++i) {
        const NormalPair pair = normal_pair(stream, static_cast<std::uint32_t>(i));
        g[i] = static_cast<T>(pair.first);
        g[i + half] = static_cast<T>(pair.second);
    }
}

template <class T>
void forward(const FastfoodBlock& block, const T* x, std::int64_t count, T scale, T* y, std::int64_t rows,
    T* scratch) {
    const std::int64_t size = block.size();
    const RandomStream signs = signs_of(block);
    const Permutation permuted(block);
    T *const t = scratch, *const g = scratch + size;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) t[i] = sign<T>(signs, i) * x[i];
    for (std::int64_t i = count; i < size; ++i) t[i] = 0;
    WalshHadamard<T>::transform(t, size);
    fill_gaussians(block, g);
#pragma omp simd
    for (std::int64_t i = 0; i < size; ++i) g[i] *= t[permuted(static_cast<std::uint32_t>(i))];
    WalshHadamard<T>::transform(g, size);
#pragma omp simd
    for (std::int64_t i = 0; i < rows; ++i) y[i] += scale * g[i];
}

// B·H·Πᵀ·G·H: all five in turn, H being its own transpose.
template <class T>
void adjoint(const FastfoodBlock& block, const T* y, std::int64_t rows, T scale, T* x, std::int64_t count,
    T* scratch) {
    const std::int64_t size = block.size();
    const RandomStream signs = signs_of(block);
    const Permutation permuted(block);
    T *const t = scratch, *const g = scratch + size;
    for (std::int64_t i = 0; i < rows; ++i) t[i] = y[i];
    for (std::int64_t i = rows; i < size; ++i) t[i] = 0;
    WalshHadamard<T>::transform(t, size);
    fill_gaussians(block, g);
#pragma omp simd
    for (std::int64_t i = 0; i < size; ++i) g[i] *= t[i];
    for (std::int64_t i = 0; i < size; ++i) t[permuted(static_cast<std::uint32_t>(i))] = g[i];
    WalshHadamard<T>::transform(t, size);
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) x[i] += scale * sign<T>(signs, i) * t[i];
}

template <class T>
double gaussian_squares(const FastfoodBlock& block, T* scratch) {
    fill_gaussians(block, scratch);
    double sum = 0;
    for (std::int64_t i = 0; i < block.size(); ++i) sum += double(scratch[i]) * double(scratch[i]);
    return sum;
}

template <class T>
constexpr FastfoodLoops<T> table{forward<T>, adjoint<T>, gaussian_squares<T>, WalshHadamard<T>::transform};

} // namespace

#define LORA_JOIN(a, b) a##b
#define LORA_NAMED(a, b) LORA_JOIN(a, b)
const FastfoodLoops<float>& LORA_NAMED(float_fastfood_, LORA_ISA)() { return table<float>; }
const FastfoodLoops<double>& LORA_NAMED(double_fastfood_, LORA_ISA)() { return table<double>; }

} // namespace lora
