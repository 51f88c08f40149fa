#include "engine/blocks/residual_branch.h"

#include <ATen/ATen.h>

namespace lora {

// The branch of x, its input after the norm.
BranchOutput ResidualBranch::made_of(
    const at::Tensor& x, const BranchInput& in, const Trip& trip, const Pass& pass) const {
    BranchOutput made;
    if (whole) {
        made.y = whole->forward(x, in.rows, trip, pass);
    } else {
        std::vector<at::Tensor> outputs = wide.each(x, pass);
        if (in.given.defined()) outputs.push_back(in.given);
        if (in.lends) made.lent = middle->lent(outputs, trip);
        made.y = last.first().forward(chosen_rows(middle->plain(outputs, trip, pass), in.rows), pass);
    }
    made.y = dropped(made.y, dropout_at(pass, dropout));
    return made;
}

BranchOutput ResidualBranch::plain(const BranchInput& in, const Trip& trip, const Pass& pass) const {
    const Timed timed(pass.profile, phase);
    auto [branch, lent] = made_of(before.is() ? before.plain(in.x) : in.x, in, trip, pass);
    const at::Tensor beside = chosen_rows(in.residual.defined() ? in.residual : in.x, in.rows);
    if (norms_sum) return {after.plain(beside + branch), lent};
    if (after.is()) branch = after.plain(branch);
    return {multiplier == 1 ? beside + branch : beside + branch * multiplier, lent};
}

bool ResidualBranch::runs_fused(const at::Tensor& like, const Pass& pass) const {
    if (whole) return true; // by itself, beside whatever is fused
    const bool sums = !norms_sum || (like.is_cpu() && after.has_sums() && multiplier == 1);
    const bool drops = dropout.p > 0 && pass.training && !norms_sum;
    return sums && !drops && middle->runs_fused(like) && fit_kernels(linears(), pass);
}

void ResidualBranch::join() {
    if (whole) return;
    wide.join();
    last.join();
}

std::vector<const Linear*> ResidualBranch::linears() const {
    if (whole) return whole->linears();
    std::vector<const Linear*> all = wide.linears();
    all.push_back(&last.first());
    return all;
}

void ResidualBranch::name_linears(std::vector<NamedLinear>& all) {
    if (whole) return whole->name_linears(all);
    wide.name_linears(all);
    last.name_linears(all);
}

const Rotary* ResidualBranch::rotary() const { return whole ? whole->rotary() : middle->rotary(); }

std::int64_t ResidualBranch::lender() const { return whole ? -1 : middle->lender(); }

void ResidualBranch::name_parameters(std::vector<NamedParameter>& all) {
    before.name_parameters(all);
    if (whole) whole->name_parameters(all);
    if (middle) middle->name_parameters(all);
    after.name_parameters(all);
}

// Its input, which a norm by operators keeps in float32, and what the part keeps; or its input, the wide
// product and what is given beside it, what the middle keeps, and what a norm of the result is computed from.
std::int64_t ResidualBranch::kept_values() const {
    const std::int64_t normed = after.is() ? after.width() : 0;
    if (whole) return (before.is() ? 3 * before.width() : 0) + whole->kept_values() + normed;
    return last.first().out() + wide.out() + given + middle->kept_values() + normed;
}

void ResidualBranch::add_traits(std::vector<Trait>& all, const std::string& place) const {
    all.push_back({place + "norm of the input", before.trait()});
    all.push_back({place + (norms_sum ? "norm of the sum" : "norm of the output"), after.trait()});
    all.push_back({place + "share in the sum", trait_text(multiplier)});
    if (whole) throw Error(place + whole->name() + " cannot be described");
    middle->add_traits(all, place);
}

} // namespace lora
