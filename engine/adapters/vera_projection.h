#pragma once
// VeRA's random matrices, one pair for all linears, and the two vectors that each linear learns:
// ΔW = diag(b) · B · diag(d) · A, where a linear takes A's first `in` columns and B's first `out` rows.
// Source: Kopiczko et al. 2023, VeRA: Vector-based Random Matrix Adaptation, section 3; the shared pair of
// the largest sizes and its first numbers as in huggingface/peft, tuners/vera/model.py.

#include "engine/models/low_rank.h"

#include <cstdint>
#include <map>
#include <string>

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

namespace lora {

struct VeraVectors {
    at::Tensor d;        ///< [r], float32
    at::Tensor b;        ///< [out]
    std::int64_t in = 0; ///< the linear's input width; 0: not known, as PEFT's files do not tell it
};

struct VeraProjection {
    at::Tensor A;                                    ///< [r, largest in], float32, frozen
    at::Tensor B;                                    ///< [largest out, r]
    std::uint64_t key = 0;                           ///< the seed that A and B were drawn from
    double d_initial = 0.1;                          ///< what every d began with
    std::map<std::string, VeraVectors> vectors = {}; ///< by the linear's path

    std::int64_t parameters() const; ///< of the vectors
    VeraProjection on(const at::Device& device) const;

    /// What the linears carry: A as it is, cut to the linear's width, which linears of one width share; B
    /// with its rows times b and its columns times d. Where a width is not known A is whole.
    std::map<std::string, LowRank> updates() const;
    bool knows_widths() const;
};

/// New matrices, U(−√(6/fan), √(6/fan)) with the fan `in` of A and r of B: PEFT's numbers for this key. On
/// the CPU, without vectors.
VeraProjection draw_vera(
    std::int64_t rank, std::int64_t largest_in, std::int64_t largest_out, std::uint64_t key);

} // namespace lora
