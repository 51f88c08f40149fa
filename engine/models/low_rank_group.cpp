#include "engine/models/low_rank_group.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace lora {

namespace {

at::Tensor all_A(const LowRankGroup& group) {
    if (group.size() == 1) return group.front().A;
    std::vector<at::Tensor> each;
    for (const GroupedUpdate& update : group) each.push_back(update.A);
    return at::cat(each);
}

LowRankGroup group_of(const std::vector<const Linear*>& parts, double scale) {
    LowRankGroup group;
    std::int64_t offset = 0;
    for (const Linear* part : parts) {
        if (part->update)
            group.push_back({part->update->A, part->update->B, scale * part->update->scale, offset});
        offset += part->out();
    }
    return group;
}

} // namespace

BranchUpdates updates_of(const std::vector<const Linear*>& parts, const Linear& last, const Pass& pass) {
    if (!pass.adapted) return {};
    return {group_of(parts, pass.update_scale), group_of({&last}, pass.update_scale)};
}

std::vector<at::Tensor> trainable(const BranchUpdates& updates) {
    std::vector<at::Tensor> tensors;
    for (const LowRankGroup* group : {&updates.wide, &updates.last})
        for (const GroupedUpdate& update : *group) tensors.insert(tensors.end(), {update.A, update.B});
    return tensors;
}

at::Tensor inner_products(const at::Tensor& x, const LowRankGroup& group) {
    if (group.empty()) return {};
    return narrow_product(x, all_A(group));
}

std::vector<LowRankPart> update_parts(const at::Tensor& inner, const LowRankGroup& group) {
    std::vector<LowRankPart> parts;
    std::int64_t column = 0;
    for (const GroupedUpdate& update : group) {
        const std::int64_t rank = update.A.size(0);
        parts.push_back({inner.narrow(1, column, rank), update.B.t(), update.offset, update.scale});
        column += rank;
    }
    return parts;
}

void append(const GroupGradients& found, std::vector<at::Tensor>& gradients) {
    for (std::size_t i = 0; i < found.dA.size(); ++i)
        gradients.insert(gradients.end(), {found.dA[i], found.dB[i]});
}

GroupGradients group_gradients(
    const at::Tensor& dy, const at::Tensor& x, const at::Tensor& inner, const LowRankGroup& group) {
    GroupGradients gradients;
    if (group.empty()) return gradients;
    const at::Tensor d_inner = at::empty_like(inner);
    std::int64_t column = 0;
    for (const GroupedUpdate& update : group) {
        const std::int64_t rank = update.A.size(0);
        const at::Tensor d_out = dy.narrow(1, update.offset, update.B.size(0));
        at::Tensor d_own = d_inner.narrow(1, column, rank);
        narrow_product_transposed_into(d_own, d_out, update.B, update.scale);
        gradients.dB.push_back(
            update.B.requires_grad()
                ? outer_product(inner.narrow(1, column, rank), d_out).mul_(update.scale).t()
                : at::Tensor());
        column += rank;
    }
    const bool wanted = std::any_of(
        group.begin(), group.end(), [](const GroupedUpdate& update) { return update.A.requires_grad(); });
    const at::Tensor stacked = wanted ? outer_product(d_inner, x) : at::Tensor(); // [Σr, in]
    column = 0;
    for (const GroupedUpdate& update : group) {
        gradients.dA.push_back(
            update.A.requires_grad() ? stacked.narrow(0, column, update.A.size(0)) : at::Tensor());
        column += update.A.size(0);
    }
    gradients.through = {{d_inner, all_A(group), 0}};
    return gradients;
}

} // namespace lora
