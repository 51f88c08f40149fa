#include "engine/training/step_sums.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

constexpr std::int64_t longest_sum = 16 * 1024 * 1024; // numbers; a buffer of 64 MB in float32

/// Tensors on their way through one flat buffer.
class FlatSum {
public:
    FlatSum(RankGroup& ranks, const at::TensorOptions& options, std::int64_t numbers)
        : ranks_(ranks), buffer_(at::empty({std::min(numbers, longest_sum)}, options)) {}

    /// Brings a tensor of one dimension, in as many sums as it needs.
    void add(const at::Tensor& values) {
        for (std::int64_t begin = 0; begin < values.size(0);) {
            if (filled_ == buffer_.size(0)) finish();
            const std::int64_t count = std::min(values.size(0) - begin, buffer_.size(0) - filled_);
            const at::Tensor piece = values.narrow(0, begin, count);
            buffer_.narrow(0, filled_, count).copy_(piece);
            pieces_.push_back(piece);
            filled_ += count;
            begin += count;
        }
    }

    /// The tensors brought so far are sums now.
    void finish() {
        at::Tensor filled = buffer_.narrow(0, 0, filled_);
        ranks_.sum(filled);
        std::int64_t begin = 0;
        for (const at::Tensor& piece : pieces_) {
            piece.copy_(filled.narrow(0, begin, piece.size(0)));
            begin += piece.size(0);
        }
        pieces_.clear();
        filled_ = 0;
    }

private:
    RankGroup& ranks_;
    at::Tensor buffer_;
    std::vector<at::Tensor> pieces_;
    std::int64_t filled_ = 0;
};

// A row for each rank, in which it alone writes: sums with zeros are exact. The loss is float64, so that the
// row has what float32 keeps of it, and what is left over.
at::Tensor row_of_each(RankGroup& ranks, const StepSums& own, const at::TensorOptions& options) {
    at::Tensor rows = at::zeros({ranks.size(), 4}, options);
    const at::Tensor kept = own.loss.to(at::kFloat), left_over = own.loss - kept.to(at::kDouble);
    rows.select(0, ranks.rank())
        .copy_(at::stack({kept.to(at::kDouble), left_over, at::full_like(own.loss, own.stop ? 1 : 0),
            at::full_like(own.loss, own.lacks_memory ? 1 : 0)}));
    return rows;
}

} // namespace

StepSums add_up_step(RankGroup& ranks, const std::vector<ParameterGroup>& groups, const StepSums& own) {
    if (ranks.is_alone()) return own;
    const c10::NoGradGuard no_gradient;
    at::ScalarType type = at::kFloat;
    std::int64_t numbers = 0;
    for (const ParameterGroup& group : groups) {
        type = at::promoteTypes(type, group.gradients.scalar_type());
        numbers += group.gradients.numel();
    }
    const at::TensorOptions options = groups.front().gradients.options().dtype(type).requires_grad(false);
    const at::Tensor rows = row_of_each(ranks, own, options);
    FlatSum sum(ranks, options, numbers + rows.numel());
    for (const ParameterGroup& group : groups) sum.add(group.gradients.view({-1}));
    sum.add(rows.view({-1}));
    sum.finish();
    const at::Tensor of_all = rows.to(at::kDouble).sum(0);
    return {of_all[0] + of_all[1], of_all[2].item<double>() > 0, of_all[3].item<double>() > 0};
}

} // namespace lora
