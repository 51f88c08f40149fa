#pragma once
// The singular value decomposition ΔW = U · diag(σ) · Vᵀ of one update, float64 on the CPU, without ever
// forming ΔW: orthonormal bases of B's columns and of A's rows, and the SVD of the r × r core between them.

#include "engine/models/low_rank.h"

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// The R of QR decompositions of k tall matrices [k, n, r] in float64 → [k, r, r], up to signs of rows; a
/// matrix that has no more rows than columns is given back as it is. By the Cholesky factor of the r × r Gram
/// matrix where its condition leaves float64 ten digits, by Householder reflections elsewhere.
at::Tensor triangular_factors(const at::Tensor& columns);

/// Factors as float64 on the CPU, each divided by its largest entry, which goes into `sizes` [k]; so that
/// neither tiny nor huge ones leave float64's range. factors [k, …, …]. Throws Error naming the one of
/// `names` that holds a value that is not finite.
at::Tensor normalized_factors(
    const at::Tensor& factors, const std::vector<std::string>& names, at::Tensor& sizes);

/// An orthonormal basis Q [n, k] of the space that a factor's columns span, kept as the product
/// columns / unit · inverse, since most uses need only products with it; `columns` is the factor itself where
/// it can be.
struct Basis {
    at::Tensor columns; ///< [n, r], on the CPU
    at::Tensor inverse; ///< [r, k]
    at::Tensor R;       ///< [k, r]: the factor is size · Q · R
    double size = 1;
    double unit = 1;

    /// Of `columns`, in float64.
    at::Tensor rows(std::int64_t begin, std::int64_t end) const;
    /// Q · coordinates, [n, …]; coordinates [k, …].
    at::Tensor times(const at::Tensor& coordinates) const;
};

/// Q_aᵀ · Q_b, [k_a, k_b].
at::Tensor overlap(const Basis& a, const Basis& b);

struct Decomposition {
    Basis outputs;     ///< of B's columns, in the space of size out
    Basis inputs;      ///< of A's rows, in the space of size in
    at::Tensor u, v;   ///< U and V in those bases, [k_out, k] and [k_in, k]
    at::Tensor values; ///< σ [k], descending; k = min(r, in, out)

    at::Tensor U() const { return outputs.times(u); } ///< [out, k]
    at::Tensor V() const { return inputs.times(v); }  ///< [in, k]
    /// How many σ stand out of float32's rounding, σ > 1e-6 · σ₁; the vectors of the others are arbitrary.
    std::int64_t directions() const;
};

/// O((in + out) r²). `name` is for messages. Throws Error if A or B holds a value that is not finite, and for
/// an update with a magnitude (whole_update.h).
Decomposition decompose(const LowRank& update, const std::string& name);

} // namespace lora
