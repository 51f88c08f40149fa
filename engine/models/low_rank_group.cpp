#include "engine/models/low_rank_group.h"

#include "engine/kernels/fused.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

at::Tensor all_A(const LowRankGroup& group) {
    if (group.size() == 1) return group.front().A;
    std::vector<at::Tensor> each;
    for (const GroupedUpdate& update : group) each.push_back(update.A);
    return at::cat(each);
}

} // namespace

at::Tensor inner_products(const at::Tensor& x, const LowRankGroup& group) {
    if (group.empty()) return {};
    return x.to(at::kFloat).mm(all_A(group).t());
}

void add_updates(at::Tensor& y, const at::Tensor& inner, const LowRankGroup& group) {
    std::int64_t column = 0;
    for (const GroupedUpdate& update : group) {
        const std::int64_t rank = update.A.size(0);
        add_low_rank(
            y, update.offset, inner.narrow(1, column, rank), update.B.t().contiguous(), update.scale);
        column += rank;
    }
}

GroupGradients group_gradients(
    const at::Tensor& dy, const at::Tensor& x, const at::Tensor& inner, const LowRankGroup& group) {
    GroupGradients gradients;
    gradients.A = all_A(group);
    gradients.d_inner = at::empty_like(inner);
    std::int64_t column = 0;
    for (const GroupedUpdate& update : group) {
        const std::int64_t rank = update.A.size(0);
        const at::Tensor d_out = dy.narrow(1, update.offset, update.B.size(0)).to(at::kFloat);
        gradients.d_inner.narrow(1, column, rank).copy_(d_out.mm(update.B).mul_(update.scale));
        gradients.dB.push_back(d_out.t().mm(inner.narrow(1, column, rank)).mul_(update.scale));
        column += rank;
    }
    const at::Tensor stacked = gradients.d_inner.t().mm(x.to(at::kFloat));
    column = 0;
    for (const GroupedUpdate& update : group) {
        gradients.dA.push_back(stacked.narrow(0, column, update.A.size(0)));
        column += update.A.size(0);
    }
    return gradients;
}

} // namespace lora
