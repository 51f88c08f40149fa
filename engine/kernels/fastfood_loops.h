#pragma once
// One block of Fastfood, V = H·G·Π·H·B with H Walsh–Hadamard, G a diagonal from N(0, 1), Π a permutation, B a
// diagonal of signs: L × L of random numbers from a seed, in O(L log L) and without a matrix. Compiled once
// for each instruction set. Source: Le, Sarlós and Smola 2013, Fastfood: approximating kernel expansions in
// loglinear time; in the order of Aghajanyan et al. 2020, section 3.2.

#include <cstdint>

namespace lora {

/// All that a block is: its seed, and L = 2^bits.
struct FastfoodBlock {
    std::uint64_t seed = 0;
    int bits = 0;

    std::int64_t size() const { return std::int64_t{1} << bits; }
};

/// T: float or double. `scratch` holds 2·L values.
template <class T>
struct FastfoodLoops {
    /// y[0 : rows] += scale · V[0 : rows, 0 : count] · x
    void (*forward)(const FastfoodBlock& block, const T* x, std::int64_t count, T scale, T* y,
        std::int64_t rows, T* scratch);
    /// x[0 : count] += scale · V[0 : rows, 0 : count]ᵀ · y
    void (*adjoint)(const FastfoodBlock& block, const T* y, std::int64_t rows, T scale, T* x,
        std::int64_t count, T* scratch);
    /// Σ G²: each column of V has the norm √(L · Σ G²).
    double (*gaussian_squares)(const FastfoodBlock& block, T* scratch);
    /// x ← H·x, n a power of two, not normalised.
    void (*walsh_hadamard)(T* x, std::int64_t n);
};

const FastfoodLoops<float>& float_fastfood_plain();
const FastfoodLoops<float>& float_fastfood_avx2();
const FastfoodLoops<float>& float_fastfood_avx512();
const FastfoodLoops<double>& double_fastfood_plain();
const FastfoodLoops<double>& double_fastfood_avx2();
const FastfoodLoops<double>& double_fastfood_avx512();

/// The loops for the processor at hand.
template <class T>
const FastfoodLoops<T>& fastfood_loops();

} // namespace lora
