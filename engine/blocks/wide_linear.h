#pragma once
// Linears that share an input: one wide product where blocks run fused, each by itself elsewhere. Their
// weights lie below each other in one tensor, of which each linear's weight is a view.

#include "engine/blocks/place.h"
#include "engine/models/linear.h"
#include "engine/models/model.h"

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// One of the linears, by its name in the checkpoint.
struct LinearSpec {
    std::string name;
    std::int64_t out = 0;
};

class WideLinear {
public:
    WideLinear() = default; ///< none, where a part of another kind stands
    /// All have a `bias`, or none.
    WideLinear(const Place& place, std::int64_t in, const std::vector<LinearSpec>& specs, bool bias = false);

    /// Lays weights and biases side by side, to be called once more after any was replaced.
    void join();

    /// Each linear's y by itself, updates included.
    std::vector<at::Tensor> each(const at::Tensor& x, const Pass& pass) const;
    const FrozenWeight& weight() const { return weight_; } ///< [Σ out, in]
    const at::Tensor& bias() const { return bias_; }       ///< [Σ out]; undefined: none
    std::int64_t out() const;
    std::vector<const Linear*> linears() const;
    const Linear& first() const { return linears_.front(); }
    void name_linears(std::vector<NamedLinear>& all);

private:
    std::vector<std::string> paths_;
    std::int64_t layer_ = -1;
    std::vector<Linear> linears_;
    FrozenWeight weight_;
    at::Tensor bias_;
};

} // namespace lora
