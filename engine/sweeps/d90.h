#pragma once
// How few parameters are enough: the smallest number that reaches nine tenths of full fine-tuning's score.
// Source: Li et al. 2018 (arXiv:1804.08838) and Aghajanyan et al. 2020 (arXiv:2012.13255), where d is a
// random subspace's dimension.

#include <optional>
#include <utility>
#include <vector>

namespace lora {

struct D90 {
    double threshold = 0;                ///< 0.9 × the baseline's score
    std::optional<double> measured = {}; ///< the smallest d that was tried and reaches it; none if none does
    /// Where the line from the d before to `measured`, drawn over log d, crosses the threshold; none where
    /// the smallest d of all reaches it already.
    std::optional<double> interpolated = {};
    bool operator==(const D90&) const = default;
};

/// `scores`: d (above 0) and its score, of which more is better; any order.
D90 d90(std::vector<std::pair<double, double>> scores, double baseline);

} // namespace lora
