#pragma once
// The directions in which a linear's inputs vary most, found batch by batch: principal components that are
// brought up to date by the singular value decomposition of those found so far, the new rows, and the shift
// of the mean. Source: Ross et al. 2008, Incremental Learning for Robust Visual Tracking, section 3.1, as
// scikit-learn and PEFT have it.

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace lora {

class InputDirections {
public:
    /// The `count` largest; `tau` as in EvaSettings.
    InputDirections(std::int64_t count, double tau) : count_(count), tau_(tau) {}

    /// Takes rows [N, in] in, unless they are fewer than the directions; in float32 or float64.
    void add(const at::Tensor& rows);

    bool known() const { return components_.defined(); }
    /// Whether the first ones stood still in the last batch.
    bool stand_still(std::int64_t directions) const;
    /// [count, in], orthonormal rows; each one's largest entry is above 0.
    const at::Tensor& components() const { return components_; }
    /// Each one's share of the inputs' variance, descending, float64 [count] on the CPU.
    at::Tensor explained() const;
    std::int64_t count() const { return count_; }

private:
    std::int64_t count_;
    double tau_;
    at::Tensor components_;
    at::Tensor singular_values_;
    at::Tensor mean_;       ///< float64 [in]
    at::Tensor deviations_; ///< sums of squares about the mean, float64 [in]
    at::Tensor still_;      ///< bool [count]
    std::int64_t rows_ = 0;
};

} // namespace lora
