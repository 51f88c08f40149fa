#pragma once
// The Walsh–Hadamard transform in place, x ← H·x with H[i, j] = (−1)^popcount(i & j), not normalised; H is
// its own transpose and H·H = n·I. Radix 4 from the widest stride down, each quarter to its end before the
// next, so that all but the first levels find their values in the cache; the last levels stay in registers.
// For sources that are compiled once for each instruction set (LORA_VECTOR_BYTES); each gets its own copy.
// Source: Fino and Algazi 1976, Unified matrix treatment of the fast Walsh–Hadamard transform.

#include <cstdint>

namespace lora {

namespace {

template <class T>
struct WalshHadamard {
    static constexpr std::int64_t lanes = LORA_VECTOR_BYTES / static_cast<std::int64_t>(sizeof(T));
    typedef T Vector __attribute__((vector_size(LORA_VECTOR_BYTES), aligned(sizeof(T)), may_alias));

    /// n is a power of two.
    static void transform(T* x, std::int64_t n) {
        if (n < lanes)
            narrow(x, n);
        else if (n > most_vectors * lanes)
            wide(x, n);
        else
            in_registers(x, n / lanes);
    }

private:
    static constexpr std::int64_t most_vectors = 8;

    static Vector& at(T* x) { return *reinterpret_cast<Vector*>(x); }

    static void narrow(T* x, std::int64_t n) {
        for (std::int64_t stride = n / 2; stride > 0; stride /= 2)
            for (std::int64_t i = 0; i < n; ++i)
                if (!(i & stride)) {
                    const T a = x[i], b = x[i + stride];
                    x[i] = a + b;
                    x[i + stride] = a - b;
                }
    }

    static void wide(T* x, std::int64_t n) {
        const std::int64_t quarter = n / 4;
        for (std::int64_t i = 0; i < quarter; i += lanes) {
            const Vector a = at(x + i), b = at(x + i + quarter), c = at(x + i + 2 * quarter),
                         d = at(x + i + 3 * quarter);
            const Vector ac = a + c, bd = b + d, a_c = a - c, b_d = b - d;
            at(x + i) = ac + bd;
            at(x + i + quarter) = ac - bd;
            at(x + i + 2 * quarter) = a_c + b_d;
            at(x + i + 3 * quarter) = a_c - b_d;
        }
        for (std::int64_t part = 0; part < 4; ++part) transform(x + part * quarter, quarter);
    }

    static void in_registers(T* x, std::int64_t vectors) {
        switch (vectors) {
        case 8: levels<8>(x); break;
        case 4: levels<4>(x); break;
        case 2: levels<2>(x); break;
        default: levels<1>(x); break;
        }
    }

    template <int vectors>
    static void levels(T* x) {
        Vector v[vectors];
        for (int i = 0; i < vectors; ++i) v[i] = at(x + i * lanes);
        for (int stride = vectors / 2; stride > 0; stride /= 2)
            for (int i = 0; i < vectors; ++i)
                if (!(i & stride)) {
                    const Vector a = v[i], b = v[i + stride];
                    v[i] = a + b;
                    v[i + stride] = a - b;
                }
        for (int i = 0; i < vectors; ++i) {
            if constexpr (lanes >= 16) v[i] = across<8>(v[i]);
            if constexpr (lanes >= 8) v[i] = across<4>(v[i]);
            if constexpr (lanes >= 4) v[i] = across<2>(v[i]);
            at(x + i * lanes) = across<1>(v[i]);
        }
    }

    // Lanes `stride` apart: the sum where that bit of the lane is 0, the difference where it is 1.
    template <int stride>
    static Vector across(Vector v) {
        Vector signs, others;
        for (int lane = 0; lane < lanes; ++lane) {
            signs[lane] = lane & stride ? T(-1) : T(1);
            others[lane] = v[lane ^ stride];
        }
        return others + signs * v;
    }
};

} // namespace

} // namespace lora
