#pragma once
// Sums of one weight row with a few rows of x, for the loops over packed weights. In an unnamed namespace, as
// what is compiled for several instruction sets must be.

#include <algorithm>
#include <cstdint>

namespace lora {

namespace {

inline constexpr int lanes = LORA_VECTOR_BYTES / 4;
inline constexpr int rows_at_once = 4; // of x, for each of which a block is unpacked once

typedef float Vector __attribute__((vector_size(LORA_VECTOR_BYTES), aligned(4), may_alias));

[[gnu::always_inline]] inline Vector vector_at(const float* from) {
    return *reinterpret_cast<const Vector*>(from);
}

[[gnu::always_inline]] inline float sum_of(Vector values) {
    float sum = 0;
    for (int lane = 0; lane < lanes; ++lane) sum += values[lane];
    return sum;
}

/// The sums of one weight row with some rows of x, in chains that do not wait for each other.
template <int rows, int chains>
struct RowSums {
    Vector sums[rows][chains] = {};

    /// w: `values` numbers of the weight's row, x: what they meet in the first row of x.
    template <int values>
    [[gnu::always_inline]] void add(const float* w, const float* x, std::int64_t x_stride) {
        static_assert(values % (lanes * chains) == 0);
        for (int i = 0; i < values; i += lanes * chains)
            for (int chain = 0; chain < chains; ++chain) {
                const Vector some = vector_at(w + i + chain * lanes);
                for (int row = 0; row < rows; ++row)
                    sums[row][chain] += some * vector_at(x + row * x_stride + i + chain * lanes);
            }
    }
    [[gnu::always_inline]] float of(int row) const {
        Vector sum = sums[row][0];
        for (int chain = 1; chain < chains; ++chain) sum += sums[row][chain];
        return sum_of(sum);
    }
};

template <int values, int rows>
constexpr int chains_for = std::min(rows > 2 ? 2 : 4, values / lanes);

/// Calls work(rows of x as a constant, the first of them) until all of x's rows were met.
template <class Work>
[[gnu::always_inline]] inline void some_rows_at_a_time(std::int64_t x_rows, const Work& work) {
    for (std::int64_t first = 0; first < x_rows; first += rows_at_once)
        switch (std::min<std::int64_t>(rows_at_once, x_rows - first)) {
        case 1: work.template operator()<1>(first); break;
        case 2: work.template operator()<2>(first); break;
        case 3: work.template operator()<3>(first); break;
        default: work.template operator()<4>(first); break;
        }
}

} // namespace

} // namespace lora
