#include "engine/methods/input_directions.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

// The largest entry of each row above 0: the sign that a decomposition leaves open.
at::Tensor signed_rows(const at::Tensor& rows) {
    const at::Tensor largest = rows.gather(1, rows.abs().argmax(1, /*keepdim=*/true));
    return rows * largest.sign();
}

} // namespace

void InputDirections::add(const at::Tensor& rows) {
    const c10::NoGradGuard no_gradient;
    const std::int64_t added = rows.size(0), before = rows_;
    if (added < count_) return;
    const at::Tensor values = rows.to(at::kDouble);
    const at::Tensor mean = values.mean(0);
    const at::Tensor centred = values - mean;
    at::Tensor all = centred, deviations = centred.square().sum(0);
    if (known()) {
        const double joint =
            static_cast<double>(before) * static_cast<double>(added) / static_cast<double>(before + added);
        const at::Tensor shift = mean_ - mean;
        all = at::cat(
            {singular_values_.unsqueeze(1) * components_, centred, (shift * std::sqrt(joint)).unsqueeze(0)});
        deviations = deviations_ + deviations + joint * shift.square();
        mean_ = (mean_ * before + mean * added) / (before + added);
    } else {
        mean_ = mean;
    }
    deviations_ = deviations;
    rows_ = before + added;
    const auto [U, S, Vh] = at::linalg_svd(all, /*full_matrices=*/false);
    const at::Tensor found = signed_rows(Vh.narrow(0, 0, count_));
    still_ = known() ? (found * components_).sum(1).ge(tau_) : at::Tensor();
    components_ = found;
    singular_values_ = S.narrow(0, 0, count_);
}

bool InputDirections::stand_still(std::int64_t directions) const {
    return still_.defined() && still_.narrow(0, 0, directions).all().item<bool>();
}

at::Tensor InputDirections::explained() const {
    return (singular_values_.square() / deviations_.sum()).to(at::kCPU);
}

} // namespace lora
