// A residual branch as one step of autograd, its stages one after the other and back. Equal to the plain
// operators of residual_branch.cpp up to rounding (tests/models). The backward overwrites what was kept: it
// runs once.

#include "engine/blocks/residual_branch.h"
#include "engine/kernels/product.h"
#include "engine/models/low_rank_group.h"
#include "engine/models/optional_tensor.h"

#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// What the forward leaves for the backward.
struct Tape : torch::CustomClassHolder {
    const ResidualBranch* branch = nullptr;
    std::shared_ptr<const Trip> trip;
    Pass pass;
    at::Tensor rows;            ///< undefined: all
    bool beside_itself = false; ///< the residual is the input
    BranchUpdates updates;
    std::int64_t count = 0;   ///< rows of the input
    at::Tensor in;            ///< the wide product's input, where no norm makes it
    at::Tensor given;         ///< beside the wide product, until they lie side by side
    bool wants_given = false; ///< the gradient of what was given
    bool lends = false;
    Norm::Kept before, after;
    at::Tensor wide_inner, last_inner; ///< A · input of the updates
    Middle::Kept middle;
    NormedSum summed;
    DropoutBits bits;
};

/// Back to all rows: zero where none was chosen, the sum where one was chosen more than once.
at::Tensor spread(const at::Tensor& d_chosen, const Tape& tape) {
    if (!tape.rows.defined()) return d_chosen;
    return at::zeros({tape.count, d_chosen.size(1)}, d_chosen.options()).index_add_(0, tape.rows, d_chosen);
}

/// weight · x + bias + residual with the updates; fills `inner`.
at::Tensor adapted_product(const at::Tensor& x, const WideLinear& linear, const LowRankGroup& updates,
    at::Tensor& inner, const at::Tensor& residual = {}) {
    inner = inner_products(x, updates);
    return product(x, linear.weight(), {linear.bias(), residual, update_parts(inner, updates)});
}

/// The gradient of a product's input through the frozen weight and the updates, added to `residual` where
/// that is defined; the updates' own are added to `gradients`. `x` is asked for where an update wants it.
template <class Input>
at::Tensor back_through(const at::Tensor& dy, const WideLinear& linear, const LowRankGroup& updates,
    const at::Tensor& inner, const Input& x, const at::Tensor& residual, bool wants_dx,
    variable_list& gradients) {
    GroupGradients found;
    if (!updates.empty()) found = group_gradients(dy, x(), inner, updates);
    append(found, gradients);
    return wants_dx ? product_transposed(dy, linear.weight(), {{}, residual, found.through}) : at::Tensor();
}

/// The last product of `inner`, what follows it, and the sum with the residual.
at::Tensor summed(const at::Tensor& inner, const at::Tensor& beside, Tape& tape) {
    const ResidualBranch& branch = *tape.branch;
    if (branch.norms_sum) {
        tape.summed = branch.after.of_sum(
            beside, adapted_product(inner, branch.last, tape.updates.last, tape.last_inner), tape.bits);
        return tape.summed.y;
    }
    if (!branch.after.is() && branch.multiplier == 1)
        return adapted_product(inner, branch.last, tape.updates.last, tape.last_inner, beside);
    at::Tensor made = adapted_product(inner, branch.last, tape.updates.last, tape.last_inner);
    if (branch.after.is()) made = branch.after.forward(made, tape.after);
    return beside.add(made, branch.multiplier);
}

BranchOutput forward_through(const at::Tensor& x, const at::Tensor& residual, Tape& tape) {
    const ResidualBranch& branch = *tape.branch;
    const at::Tensor in = branch.before.is() ? branch.before.forward(x, tape.before) : x;
    if (!branch.before.is()) tape.in = in;
    tape.middle.wide = adapted_product(in, branch.wide, tape.updates.wide, tape.wide_inner);
    if (branch.given > 0) tape.middle.wide = at::cat({tape.middle.wide, std::exchange(tape.given, {})}, 1);
    const at::Tensor inner =
        chosen_rows(branch.middle->forward(tape.middle, *tape.trip, tape.pass), tape.rows);
    const at::Tensor lent = tape.lends ? branch.middle->lent(tape.middle) : at::Tensor();
    return {summed(inner, chosen_rows(residual, tape.rows), tape), lent};
}

/// The gradients of the residual and of the last product.
std::pair<at::Tensor, at::Tensor> back_from_sum(const at::Tensor& dy, const Tape& tape) {
    const ResidualBranch& branch = *tape.branch;
    if (branch.norms_sum) return branch.after.of_sum_backward(dy, tape.summed, tape.bits);
    at::Tensor d_branch = branch.multiplier == 1 ? dy : dy.mul(branch.multiplier);
    if (branch.after.is()) d_branch = branch.after.backward(d_branch, tape.after, /*residual=*/{});
    return {dy, d_branch};
}

/// Of the gradient of all that the middle got, what was given: that part's, where it is wanted. `d_wide`
/// keeps the product's.
at::Tensor given_part(at::Tensor& d_wide, const Tape& tape) {
    const std::int64_t given = tape.branch->given, own = d_wide.size(1) - given;
    if (given == 0) return {};
    at::Tensor part =
        tape.wants_given ? d_wide.narrow(1, own, given).clone(at::MemoryFormat::Contiguous) : at::Tensor();
    d_wide = d_wide.narrow(1, 0, own).contiguous();
    return part;
}

struct InputGradients {
    at::Tensor x, residual, given;
};

/// `gradients` get one entry for each trainable tensor.
InputGradients backward_through(const at::Tensor& dy, Tape& tape, bool wants_dx, variable_list& gradients) {
    const ResidualBranch& branch = *tape.branch;
    auto [d_beside, d_branch] = back_from_sum(dy, tape);
    variable_list last;
    const at::Tensor d_inner = back_through(
        d_branch, branch.last, tape.updates.last, tape.last_inner,
        [&] { return chosen_rows(branch.middle->again(tape.middle), tape.rows); }, /*residual=*/{},
        /*wants_dx=*/true, last);
    at::Tensor d_wide = branch.middle->backward(tape.middle, spread(d_inner, tape));
    const at::Tensor d_given = given_part(d_wide, tape);
    d_beside = spread(d_beside, tape);
    const at::Tensor added = tape.beside_itself ? d_beside : at::Tensor();
    const bool normed = branch.before.is();
    at::Tensor dx = back_through(
        d_wide, branch.wide, tape.updates.wide, tape.wide_inner,
        [&] { return normed ? branch.before.again(tape.before) : tape.in; }, normed ? at::Tensor() : added,
        wants_dx, gradients);
    if (normed && wants_dx) dx = branch.before.backward(dx, tape.before, added);
    gradients.insert(gradients.end(), last.begin(), last.end());
    return {dx, tape.beside_itself ? at::Tensor() : d_beside, d_given};
}

struct FusedBranch : torch::autograd::Function<FusedBranch> {
    static variable_list forward(AutogradContext* context, const at::Tensor& x,
        const OptionalTensor& residual, const OptionalTensor& given,
        const at::TensorList& /*trainable: for autograd to see*/, const c10::intrusive_ptr<Tape>& tape) {
        at::AutoDispatchBelowADInplaceOrView below;
        tape->given = given.value_or(at::Tensor());
        const BranchOutput out = forward_through(x, residual.value_or(x), *tape);
        context->saved_data["tape"] = c10::IValue::make_capsule(tape);
        return tape->lends ? variable_list{out.y, out.lent} : variable_list{out.y};
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto holder = context->saved_data["tape"].toCapsule();
        auto& tape = *static_cast<Tape*>(holder.get());
        if (tape.lends) tape.middle.d_lent = gradients[1];
        variable_list updates;
        const InputGradients in =
            backward_through(gradients[0].contiguous(), tape, context->needs_input_grad(0), updates);
        variable_list all{in.x, in.residual, in.given};
        all.insert(all.end(), updates.begin(), updates.end());
        all.emplace_back(); // none for the tape
        context->saved_data.clear();
        return all;
    }
};

} // namespace

BranchOutput ResidualBranch::fused(
    const BranchInput& in, const std::shared_ptr<const Trip>& trip, const Pass& pass) const {
    if (whole) return plain(in, *trip, pass);
    const Timed timed(pass.profile, phase);
    const auto tape = c10::make_intrusive<Tape>();
    tape->branch = this;
    tape->trip = trip;
    tape->pass = pass;
    tape->pass.profile = nullptr;
    tape->rows = in.rows;
    tape->beside_itself = !in.residual.defined();
    tape->count = in.x.size(0);
    tape->lends = in.lends;
    tape->wants_given = in.given.defined() && in.given.requires_grad();
    tape->updates = updates_of(wide.linears(), last.first(), pass);
    tape->bits = bits_of(dropout_at(pass, dropout));
    const std::vector<at::Tensor> trained = trainable(tape->updates);
    bool graph = in.x.requires_grad() || (in.residual.defined() && in.residual.requires_grad());
    graph = graph || tape->wants_given;
    for (const at::Tensor& tensor : trained) graph = graph || tensor.requires_grad();
    // Directly where nothing wants a gradient.
    if (!graph || !c10::GradMode::is_enabled()) {
        tape->given = in.given;
        return forward_through(in.x, in.residual.defined() ? in.residual : in.x, *tape);
    }
    const variable_list out =
        FusedBranch::apply(in.x, optional(in.residual), optional(in.given), at::TensorList(trained), tape);
    return {out[0], out.size() > 1 ? out[1] : at::Tensor()};
}

} // namespace lora
