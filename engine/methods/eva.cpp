#include "engine/methods/eva.h"

#include "engine/adapters/expert_rules.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

/// Tells what each linear is given.
class Listener final : public InputWatch {
public:
    using Hear = std::function<void(const Linear&, const at::Tensor&)>;
    explicit Listener(Hear hear) : hear_(std::move(hear)) {}
    void saw(const Linear& linear, const at::Tensor& x) override { hear_(linear, x); }

private:
    Hear hear_;
};

void run_through(Model& model, const PackedTokens& tokens, Listener::Hear hear) {
    const c10::NoGradGuard no_gradient;
    Listener listener(std::move(hear));
    Pass pass;
    pass.fused = false; // the plain operators pass each linear its own input
    pass.adapted = false;
    pass.watch = &listener;
    const at::Tensor hidden = model.hidden(tokens, pass);
    // What stands between the blocks and a classifier's labels is given each sample's first row.
    if (model.task() == Task::Classification)
        model.logits(hidden.index_select(0, tokens.starts.slice(0, 0, -1).to(at::kLong)), pass);
}

} // namespace

EvaStart::EvaStart(Adapter adapter, const EvaSettings& settings, Model& model)
    : adapter_(std::move(adapter)), settings_(settings), model_(model) {
    need_modules(adapter_.targets, "EVA");
    attach(adapter_, model_); // with a classifier's head
    for (const auto& target : adapter_.targets) ranks_.push_back(target.update.rank());
}

// Those that are given one tensor share their directions, as many as the largest of them may use.
void EvaStart::find_shared_inputs(const PackedTokens& tokens) {
    const std::map<std::string, Linear*> linears = linears_by_path(model_);
    std::map<const Linear*, std::size_t> target_of;
    for (std::size_t i = 0; i < adapter_.targets.size(); ++i)
        target_of[linears.at(adapter_.targets[i].path)] = i;
    std::vector<std::pair<at::Tensor, std::vector<std::size_t>>>
        groups; // tensors are held: their places count
    run_through(model_, tokens, [&](const Linear& linear, const at::Tensor& x) {
        const auto target = target_of.find(&linear);
        if (target == target_of.end()) return;
        const auto same = std::find_if(
            groups.begin(), groups.end(), [&](const auto& group) { return group.first.is_same(x); });
        if (same == groups.end())
            groups.push_back({x, {target->second}});
        else
            same->second.push_back(target->second);
    });
    for (auto& [x, targets] : groups) {
        std::sort(targets.begin(), targets.end());
        std::int64_t most = 0;
        for (const std::size_t i : targets)
            most = std::max<std::int64_t>(most, std::llround(static_cast<double>(ranks_[i]) * settings_.rho));
        if (most > x.size(1))
            fail("rank of " + shown(adapter_.targets[targets.front()].path),
                std::to_string(most) + " directions (rank times eva-rho)",
                "at most " + std::to_string(x.size(1)) + ", as many as its input has");
        inputs_.push_back({InputDirections(most, settings_.tau), targets});
    }
    std::sort(inputs_.begin(), inputs_.end(),
        [](const Input& a, const Input& b) { return a.targets.front() < b.targets.front(); });
    for (const Input& input : inputs_)
        for (const std::size_t i : input.targets) ranks_[i] = input.directions.count(); // until it is known
}

std::int64_t EvaStart::used_of(const Input& input) const {
    std::int64_t most = 0;
    for (const std::size_t i : input.targets) most = std::max(most, ranks_[i]);
    return most;
}

void EvaStart::add(const PackedTokens& tokens, const at::Tensor& learned) {
    if (inputs_.empty()) find_shared_inputs(tokens);
    const std::map<std::string, Linear*> linears = linears_by_path(model_);
    std::map<const Linear*, Input*> waiting; // by the first target of each
    for (Input& input : inputs_)
        if (!input.directions.stand_still(used_of(input)))
            waiting[linears.at(adapter_.targets[input.targets.front()].path)] = &input;
    run_through(model_, tokens, [&](const Linear& linear, const at::Tensor& x) {
        const auto input = waiting.find(&linear);
        if (input == waiting.end()) return;
        const bool of_tokens = x.size(0) == learned.size(0);
        input->second->directions.add(of_tokens ? x.index({learned}) : x);
    });
    redistribute();
}

// The budget of all ranks together goes to the directions that explain most.
void EvaStart::redistribute() {
    if (!std::all_of(inputs_.begin(), inputs_.end(), [](const Input& i) { return i.directions.known(); }))
        return;
    std::int64_t budget = 0;
    for (const auto& target : adapter_.targets) budget += target.update.rank();
    std::vector<std::pair<double, std::size_t>> shares; // and whose
    for (const Input& input : inputs_) {
        const at::Tensor explained = input.directions.explained();
        for (const std::size_t target : input.targets)
            for (std::int64_t k = 0; k < explained.numel(); ++k)
                shares.emplace_back(explained.const_data_ptr<double>()[k], target);
    }
    std::stable_sort(
        shares.begin(), shares.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::fill(ranks_.begin(), ranks_.end(), 0);
    for (std::int64_t k = 0; k < std::min<std::int64_t>(budget, static_cast<std::int64_t>(shares.size()));
         ++k)
        ++ranks_[shares[static_cast<std::size_t>(k)].second];
}

bool EvaStart::is_done() const {
    return !inputs_.empty() && std::all_of(inputs_.begin(), inputs_.end(), [&](const Input& input) {
        return input.directions.known() && input.directions.stand_still(used_of(input));
    });
}

Adapter EvaStart::adapter() const {
    Adapter made = adapter_;
    made.targets.clear();
    std::map<std::size_t, const Input*> input_of;
    for (const Input& input : inputs_)
        for (const std::size_t target : input.targets) input_of[target] = &input;
    for (std::size_t i = 0; i < adapter_.targets.size(); ++i) {
        const auto input = input_of.find(i);
        if (input == input_of.end() || !input->second->directions.known())
            fail("the inputs of " + shown(adapter_.targets[i].path), "no batch with enough learned tokens",
                "at least rank times eva-rho of them in one batch", "raise the batch, or lower the rank");
        if (ranks_[i] == 0) continue;
        TargetUpdate target = adapter_.targets[i];
        LowRank& update = target.update;
        target.alpha *= static_cast<double>(ranks_[i]) / static_cast<double>(update.rank());
        const at::Tensor first = input->second->directions.components().narrow(0, 0, ranks_[i]);
        update.A = first.to(update.A.scalar_type()).contiguous();
        update.B = at::zeros({update.B.size(0), ranks_[i]}, update.B.options().requires_grad(false));
        made.targets.push_back(std::move(target));
    }
    return made;
}

} // namespace lora
