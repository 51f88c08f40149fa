#include "engine/blocks/mixture_of_experts.h"

#include "engine/kernels/fused_operators.h"

#include <limits>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Where the rows of N tokens, k of each, lie when they are sorted by expert.
struct Order {
    at::Tensor sorted;   ///< int64 [N·k]: the place (token · k + choice) that stands there
    at::Tensor inverse;  ///< int64 [N·k]: where a place stands
    std::int64_t chosen; ///< k
};

Order order_of(const at::Tensor& experts) {
    const at::Tensor sorted = experts.flatten().argsort(/*stable=*/true, /*dim=*/0, /*descending=*/false);
    const at::Tensor places = at::arange(sorted.numel(), sorted.options());
    return {sorted, at::empty_like(sorted).scatter_(0, sorted, places), experts.size(1)};
}

// Tokens [N, D] to their experts, [N·k, D]. Its gradient is a sum over each token's choices in their order,
// the same on every run.
struct Send : torch::autograd::Function<Send> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& sorted,
        const at::Tensor& inverse, std::int64_t chosen) {
        at::AutoDispatchBelowADInplaceOrView below;
        context->save_for_backward({inverse});
        context->saved_data["chosen"] = chosen;
        return x.index_select(0, sorted.floor_divide(chosen));
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const std::int64_t chosen = context->saved_data["chosen"].toInt();
        const at::Tensor by_token = gradients[0].index_select(0, context->get_saved_variables()[0]);
        return {by_token.view({-1, chosen, by_token.size(1)}).sum(1), {}, {}, {}};
    }
};

// What the experts gave, [N·k, D], back into the order of the tokens.
struct Return : torch::autograd::Function<Return> {
    static at::Tensor forward(
        AutogradContext* context, const at::Tensor& y, const at::Tensor& sorted, const at::Tensor& inverse) {
        at::AutoDispatchBelowADInplaceOrView below;
        context->save_for_backward({sorted});
        return y.index_select(0, inverse);
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        return {gradients[0].index_select(0, context->get_saved_variables()[0]), {}, {}};
    }
};

// Small, and what decides who works: never quantized as the model opens.
Linear router_of(const Place& block, const MixtureSettings& settings) {
    const std::int64_t count = settings.experts.count, width = settings.experts.width;
    const std::string weight = settings.router + ".weight";
    if (settings.corrected) return Linear(block.weights.tensor_in_float(weight, {count, width}));
    return Linear(block.weights.tensor(weight, {count, width}),
        settings.router_bias ? block.weights.tensor(settings.router + ".bias", {count}) : at::Tensor());
}

// How many rows each expert has, on the host.
std::vector<std::int64_t> rows_of(const at::Tensor& experts, std::int64_t count) {
    const at::Tensor rows = at::bincount(experts.flatten(), /*weights=*/{}, count).to(at::kCPU);
    const std::int64_t* values = rows.const_data_ptr<std::int64_t>();
    return {values, values + count};
}

} // namespace

MixtureOfExperts::MixtureOfExperts(const Place& block, const MixtureSettings& settings)
    : settings_(settings), router_path_(block.path_of(settings.router)),
      experts_path_(block.path_of(std::string(block.weights.dialect().experts->container))),
      layer_(block.layer), router_(router_of(block, settings)),
      experts_(load_experts(block, settings.experts)) {
    const ExpertShape& shape = settings.experts;
    if (settings.corrected)
        correction_ =
            block.weights.tensor_in_float(settings.router + ".e_score_correction_bias", {shape.count});
    if (settings.shared) shared_.emplace(block, shape.width, *settings.shared, settings.activation);
}

// weights [N, experts].
MixtureOfExperts::Choice MixtureOfExperts::corrected_choice(const at::Tensor& weights) const {
    const CorrectedChoice& how = *settings_.corrected;
    const at::Tensor grouped = (weights.detach() + correction_).unflatten(1, {how.groups, -1});
    const at::Tensor of_groups = std::get<0>(grouped.topk(2)).sum(-1); // [N, groups]
    const at::Tensor open = at::zeros_like(of_groups, at::kBool)
                                .scatter_(1, std::get<1>(of_groups.topk(how.chosen_groups)), true);
    const at::Tensor left =
        grouped.masked_fill(open.logical_not().unsqueeze(-1), -std::numeric_limits<double>::infinity());
    const at::Tensor experts = std::get<1>(left.flatten(1).topk(settings_.chosen));
    const at::Tensor chosen = weights.gather(1, experts);
    constexpr double above_zero = 1e-20; // where all weights of a token vanish
    return {(how.normed ? chosen / (chosen.sum(-1, true) + above_zero) : chosen) * how.scale, experts};
}

MixtureOfExperts::Choice MixtureOfExperts::choose(const at::Tensor& x, const Pass& pass) const {
    const at::Tensor product = router_.forward(x.to(router_.frozen().type()), pass); // [N, experts]
    const at::Tensor scores = product.to(product.scalar_type() == at::kDouble ? at::kDouble : at::kFloat);
    if (settings_.corrected) return corrected_choice(scores.sigmoid());
    if (settings_.among_chosen) {
        const auto [best, experts] = scores.topk(settings_.chosen);
        return {best.softmax(-1), experts};
    }
    const auto [weights, experts] = scores.softmax(-1).topk(settings_.chosen);
    return {weights, experts};
}

at::Tensor MixtureOfExperts::gated(const at::Tensor& gate_up) const {
    if (const auto& clamped = settings_.clamped) {
        const at::Tensor gate = gate_up.slice(1, 0, std::nullopt, 2).clamp_max(clamped->limit);
        const at::Tensor up = gate_up.slice(1, 1, std::nullopt, 2).clamp(-clamped->limit, clamped->limit);
        return (up + 1) * (gate * (gate * clamped->alpha).sigmoid());
    }
    const std::int64_t inner = settings_.experts.inner;
    return activated(gate_up.narrow(1, 0, inner), settings_.activation) * gate_up.narrow(1, inner, inner);
}

at::Tensor MixtureOfExperts::forward(
    const at::Tensor& x, const at::Tensor& rows, const Trip& /*trip*/, const Pass& pass) const {
    const at::Tensor in = chosen_rows(x, rows);
    const at::Tensor made = of_chosen(in, pass);
    return shared_ ? made + shared_->forward(in, pass) : made;
}

at::Tensor MixtureOfExperts::of_chosen(const at::Tensor& x, const Pass& pass) const {
    const Choice choice = choose(x, pass);
    const Order order = order_of(choice.experts);
    const at::Tensor sent = Send::apply(x, order.sorted, order.inverse, order.chosen);
    std::vector<at::Tensor> given;
    std::int64_t begin = 0;
    const std::vector<std::int64_t> rows = rows_of(choice.experts, settings_.experts.count);
    for (std::size_t expert = 0; expert < rows.size(); ++expert) {
        if (rows[expert] == 0) continue;
        const at::Tensor own = sent.narrow(0, begin, rows[expert]);
        given.push_back(
            experts_.down[expert].forward(gated(experts_.gate_up[expert].forward(own, pass)), pass));
        begin += rows[expert];
    }
    const at::Tensor back = Return::apply(at::cat(given), order.sorted, order.inverse);
    const at::Tensor by_token = back.view({x.size(0), order.chosen, x.size(1)});
    return (by_token * choice.weights.unsqueeze(-1)).sum(1).to(x.scalar_type());
}

std::vector<const Linear*> MixtureOfExperts::linears() const {
    std::vector<const Linear*> all{&router_};
    for (std::size_t i = 0; i < experts_.gate_up.size(); ++i)
        all.insert(all.end(), {&experts_.gate_up[i], &experts_.down[i]});
    if (shared_)
        for (const Linear* linear : shared_->linears()) all.push_back(linear);
    return all;
}

void MixtureOfExperts::name_linears(std::vector<NamedLinear>& all) {
    all.push_back({router_path_, layer_, &router_});
    for (std::size_t i = 0; i < experts_.gate_up.size(); ++i) {
        const std::string expert = experts_path_ + "." + std::to_string(i);
        all.push_back({expert + ".gate_up_proj", layer_, &experts_.gate_up[i]});
        all.push_back({expert + ".down_proj", layer_, &experts_.down[i]});
    }
    if (shared_) shared_->name_linears(all);
}

void MixtureOfExperts::name_parameters(std::vector<NamedParameter>& all) {
    if (shared_) shared_->name_parameters(all);
}

// The router's scores and probabilities; of each choice the gate and up, the activated gate and the result.
std::int64_t MixtureOfExperts::kept_values() const {
    const ExpertShape& shape = settings_.experts;
    return 2 * shape.count + settings_.chosen * (3 * shape.inner + shape.width)
           + (shared_ ? shared_->kept_values() : 0);
}

} // namespace lora
