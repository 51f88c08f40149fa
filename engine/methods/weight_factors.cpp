#include "engine/methods/weight_factors.h"

#include "engine/error.h"

#include <algorithm>
#include <map>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

LargestDirections largest_directions(const at::Tensor& weight, std::int64_t rank) {
    const auto [U, S, Vh] = at::linalg_svd(weight, /*full_matrices=*/false);
    return {U.narrow(1, 0, rank).contiguous(), S.narrow(0, 0, rank), Vh.narrow(0, 0, rank).t().contiguous()};
}

void for_each_weight(
    Adapter& adapter, Model& model, const std::function<void(LowRank&, const at::Tensor& weight)>& start) {
    const c10::NoGradGuard no_gradient;
    const std::map<std::string, Linear*> linears = linears_by_path(model);
    for (auto& target : adapter.targets) {
        const Linear& linear = *linears.at(target.path);
        const std::int64_t most = std::min(linear.in(), linear.out());
        if (target.update.rank() > most)
            fail("rank of " + shown(target.path), std::to_string(target.update.rank()),
                "at most " + std::to_string(most) + ", the smaller side of the weight it starts from");
        const auto options = target.update.A.options();
        start(target.update,
            linear.weight().to(at::kCPU, at::promoteTypes(linear.weight().scalar_type(), at::kFloat)));
        target.update.A = target.update.A.to(options).contiguous();
        target.update.B = target.update.B.to(options).contiguous();
    }
}

} // namespace lora
