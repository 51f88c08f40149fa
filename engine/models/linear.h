#pragma once
// The one linear of all models: a frozen weight and, perhaps, a low-rank update inside the same product,
// h = W₀x + b + scale · B(A x). Its backward forms no gradient for W₀ and b.

#include "engine/models/low_rank.h"
#include "engine/models/pass.h"

#include <optional>

#include <ATen/core/Tensor.h>

namespace lora {

class Linear {
public:
    Linear() = default;
    /// weight [out, in]; bias [out] or undefined.
    explicit Linear(at::Tensor weight, at::Tensor bias = {});

    /// x [N, in] → [N, out], in x's type. The update is computed in A's and B's own type and rounded once.
    at::Tensor forward(const at::Tensor& x, const Pass& pass) const;

    const at::Tensor& weight() const { return weight_; }
    const at::Tensor& bias() const { return bias_; } ///< undefined: none
    std::int64_t in() const { return weight_.size(1); }
    std::int64_t out() const { return weight_.size(0); }

    std::optional<LowRank> update;

private:
    at::Tensor weight_;
    at::Tensor bias_;
};

} // namespace lora
