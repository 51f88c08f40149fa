#pragma once
// Singular values and vectors of a whole matrix: of a weight, and of an update that is no product of two
// small factors (full fine-tuning, DoRA, a random subspace). Float64 on the CPU, off the training path.

#include <cstdint>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// matrix = U · diag(values) · Vᵀ + a rest.
struct DenseDecomposition {
    at::Tensor U;      ///< [m, k]
    at::Tensor values; ///< [k], descending
    at::Tensor V;      ///< [n, k]
};

/// All min(m, n) singular values, from large to small, by the eigenvalues of the smaller Gram matrix: to
/// 1e-8 · σ₁. O(m n min(m, n)). Throws Error if a value is not finite.
std::vector<double> singular_values(const at::Tensor& matrix);

/// The singular triplets whose value is above 1e-5 · σ₁: what lies below cannot be told from rounding in
/// float32. Same cost and error as singular_values; some 9 min(m, n)³ more for the vectors.
DenseDecomposition decompose(const at::Tensor& matrix);

/// The first `count` triplets by block power iteration on a random start, O(m n count) a round: repeated
/// until the values stand still to 1e-7 · σ₁, at most 60 rounds. The same matrix gives the same result.
/// Source: Halko, Martinsson and Tropp, 2011, algorithm 4.4, with a Rayleigh-Ritz step.
DenseDecomposition leading(const at::Tensor& matrix, std::int64_t count, const std::stop_token& stop = {});

} // namespace lora
