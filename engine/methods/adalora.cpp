#include "engine/methods/adalora.h"

#include "engine/adapters/adalora_files.h"
#include "engine/adapters/expert_rules.h"
#include "engine/adapters/peft.h"
#include "engine/methods/makers.h"
#include "engine/methods/method_state.h"

#include <utility>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

constexpr double first_deviation = 0.02; // of A and B, as PEFT begins them

at::Tensor random_like(const at::Tensor& like, std::vector<std::int64_t> shape, at::Generator& generator) {
    const auto options = like.options().requires_grad(false);
    return at::empty(shape, options.device(at::kCPU))
        .normal_(0, first_deviation, generator)
        .to(like.device());
}

// Updates of this rank, whose values apply() writes.
Adapter with_room(Adapter adapter, std::int64_t rank) {
    for (auto& target : adapter.targets) {
        LowRank& update = target.update;
        update.A = at::zeros({rank, update.A.size(1)}, update.A.options().requires_grad(false));
        update.B = at::zeros({update.B.size(0), rank}, update.B.options().requires_grad(false));
        update.scale = target.alpha / (static_cast<double>(rank) + adalora_margin);
    }
    return adapter;
}

// The product of the rows (or of Bᵀ's) with each other, less one.
at::Tensor beyond_orthonormal(const at::Tensor& rows) {
    return rows.mm(rows.t()) - at::eye(rows.size(0), rows.options().requires_grad(false));
}

// d‖R·Rᵀ − 1‖/dR.
at::Tensor slope(const at::Tensor& rows) {
    const at::Tensor beyond = beyond_orthonormal(rows);
    return beyond.mm(rows) * (2 / beyond.norm().clamp_min(1e-30)); // 0 where they are orthonormal
}

} // namespace

AdaLora::AdaLora(Adapter adapter, const AdaLoraSettings& settings, std::int64_t target_r,
    std::int64_t total_steps, std::uint64_t seed, Model& model)
    : DerivedAdaptation(with_room(std::move(adapter), settings.init_r)), settings_(settings),
      target_r_(target_r), total_steps_(total_steps) {
    check_schedule(settings_, total_steps_);
    need_modules(adapter_.targets, "AdaLoRA");
    const c10::NoGradGuard no_gradient;
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    for (const auto& target : adapter_.targets) {
        const at::Tensor &A = target.update.A, &B = target.update.B;
        triplets_.push_back({random_like(A, A.sizes().vec(), generator),
            at::zeros({settings_.init_r, 1}, A.options().requires_grad(false)),
            random_like(B, B.sizes().vec(), generator),
            at::ones({settings_.init_r}, A.options().requires_grad(false).dtype(at::kBool))});
    }
    std::vector<at::Tensor*> own;
    for (Triplets& each : triplets_) own.insert(own.end(), {&each.A, &each.E, &each.B});
    begin(own, model);
    sensitivity_ = at::zeros_like(parameters().front().values);
    uncertainty_ = at::zeros_like(sensitivity_);
    apply();
}

void AdaLora::apply() {
    const c10::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < triplets_.size(); ++i) {
        LowRank& update = adapter_.targets[i].update;
        update.A.copy_(triplets_[i].A * triplets_[i].E);
        update.B.copy_(triplets_[i].B);
    }
}

void AdaLora::collect_updates() {
    for (std::size_t i = 0; i < triplets_.size(); ++i) {
        const LowRank& update = adapter_.targets[i].update;
        Triplets& own = triplets_[i];
        const at::Tensor scaled = update.A.grad(); // of A ∘ E
        own.A.mutable_grad().add_(scaled * own.E);
        own.E.mutable_grad().add_((scaled * own.A).sum(1, /*keepdim=*/true));
        own.B.mutable_grad().add_(update.B.grad());
    }
}

void AdaLora::regularize() {
    const c10::NoGradGuard no_gradient;
    const double weight = settings_.orth_reg_weight / (2 * static_cast<double>(triplets_.size()));
    for (Triplets& each : triplets_) {
        each.A.mutable_grad().add_(slope(each.A), weight);
        each.B.mutable_grad().add_(slope(each.B.t()).t(), weight);
    }
}

double AdaLora::penalty() const {
    const c10::NoGradGuard no_gradient;
    double sum = 0;
    for (const Triplets& each : triplets_)
        sum += beyond_orthonormal(each.A).norm().item<double>()
               + beyond_orthonormal(each.B.t()).norm().item<double>();
    return settings_.orth_reg_weight * sum / (2 * static_cast<double>(triplets_.size()));
}

void AdaLora::after_step(std::int64_t step, std::int64_t total_steps) {
    const c10::NoGradGuard no_gradient;
    const auto targets = static_cast<std::int64_t>(triplets_.size());
    const RankBudget budget =
        rank_budget(settings_, settings_.init_r * targets, target_r_ * targets, step, total_steps);
    if (budget.phase == RankBudget::Phase::Keep) return keep_taken();
    if (budget.phase == RankBudget::Phase::Measure) measure_importance();
    if (budget.allocate) take_down_to(budget.directions);
}

// Of every single number; the step's gradients still stand beside the values it left.
void AdaLora::measure_importance() {
    const ParameterGroup all = parameters().front();
    const at::Tensor now = (all.values * all.gradients).abs();
    sensitivity_.mul_(settings_.beta1).add_(now, 1 - settings_.beta1);
    uncertainty_.mul_(settings_.beta2).add_((now - sensitivity_).abs_(), 1 - settings_.beta2);
}

at::Tensor AdaLora::part_of(const at::Tensor& flat, const at::Tensor& part) const {
    return flat.narrow(0, part.storage_offset(), part.numel()).view(part.sizes());
}

// Of each direction: its E's, and the means of its row of A and its column of B.
at::Tensor AdaLora::scores(const Triplets& target) const {
    const at::Tensor importance = sensitivity_ * uncertainty_;
    return part_of(importance, target.E).flatten() + part_of(importance, target.A).mean(1)
           + part_of(importance, target.B).mean(0);
}

void AdaLora::take_down_to(std::int64_t directions) {
    std::vector<at::Tensor> all;
    for (const Triplets& each : triplets_) all.push_back(scores(each));
    const at::Tensor joined = at::cat(all);
    const std::int64_t taken = joined.numel() - directions;
    if (taken <= 0) return;
    const at::Tensor threshold = std::get<0>(joined.kthvalue(taken));
    for (std::size_t i = 0; i < triplets_.size(); ++i) triplets_[i].left.copy_(all[i] > threshold);
    keep_taken();
}

void AdaLora::keep_taken() {
    for (Triplets& each : triplets_) each.E.masked_fill_(each.left.logical_not().unsqueeze(1), 0);
}

void AdaLora::write_files(StagedFolder& staged, const ModelSummary& base_model) const {
    const c10::NoGradGuard no_gradient;
    AdaLoraResult result;
    result.settings = {settings_.init_r, target_r_, settings_.tinit, settings_.tfinal, settings_.deltaT,
        settings_.beta1, settings_.beta2, settings_.orth_reg_weight, total_steps_};
    for (std::size_t i = 0; i < triplets_.size(); ++i) {
        const Triplets& each = triplets_[i];
        result.targets.push_back({adapter_.targets[i].path, each.A, each.E, each.B, each.left});
    }
    write_adalora(staged, result, adapter_, base_model);
}

void AdaLora::write_checkpoint_files(StagedFolder& staged, const ModelSummary& base_model) const {
    write_peft_files(staged, adapter_, base_model);
}

std::vector<NamedTensor> AdaLora::state() const {
    std::vector<at::Tensor> left;
    for (const Triplets& each : triplets_) left.push_back(each.left.to(at::kFloat));
    return {{"parameters", parameters().front().values}, {"sensitivity", sensitivity_},
        {"uncertainty", uncertainty_}, {"left", at::cat(left)}};
}

void AdaLora::restore(const SafetensorsFile& state) {
    at::Tensor values = parameters().front().values;
    read_state(state, "parameters", values);
    read_state(state, "sensitivity", sensitivity_);
    read_state(state, "uncertainty", uncertainty_);
    at::Tensor left = at::zeros(
        {settings_.init_r * static_cast<std::int64_t>(triplets_.size())}, values.options().dtype(at::kFloat));
    read_state(state, "left", left);
    for (std::size_t i = 0; i < triplets_.size(); ++i)
        triplets_[i].left.copy_(
            left.narrow(0, static_cast<std::int64_t>(i) * settings_.init_r, settings_.init_r).to(at::kBool));
    apply();
}

std::unique_ptr<Method> make_adalora(MethodStart start, Model& model) {
    return std::make_unique<AdaLora>(std::move(start.adapter), start.settings.adalora, start.target_rank,
        start.total_steps, start.seed, model);
}

} // namespace lora
