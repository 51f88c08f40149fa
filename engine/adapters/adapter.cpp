#include "engine/adapters/adapter.h"

#include "engine/adapters/expert_rules.h"
#include "engine/error.h"
#include "engine/targets/rank_pattern.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace lora {

namespace {

std::string matrix_text(std::int64_t rows, std::int64_t columns) {
    return "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]";
}

// Drawn on the CPU, so that every device starts from the same numbers.
at::Tensor initial_A(std::int64_t rank, std::int64_t in, InitialA init, at::Generator& generator) {
    at::Tensor A = at::empty({rank, in}, at::kFloat);
    if (init == InitialA::Gaussian) return A.normal_(0, 1 / std::sqrt(static_cast<double>(rank)), generator);
    const double bound = 1 / std::sqrt(static_cast<double>(in));
    return A.uniform_(-bound, bound, generator);
}

bool updates_head(const Adapter& adapter, const Model& model, const std::map<std::string, Linear*>& linears) {
    return std::any_of(adapter.targets.begin(), adapter.targets.end(),
        [&](const TargetUpdate& target) { return linears.at(target.path) == &model.head(); });
}

} // namespace

std::int64_t Adapter::parameters() const {
    std::int64_t count = vera ? vera->parameters() : 0;
    for (const auto& target : targets) {
        if (!vera) count += target.update.A.numel() + target.update.B.numel();
        if (target.update.magnitude.defined()) count += target.update.magnitude.numel();
    }
    if (tokens) count += tokens->parameters();
    return head ? count + head->parameters() : count;
}

bool Adapter::has_magnitudes() const {
    return std::any_of(targets.begin(), targets.end(),
        [](const TargetUpdate& target) { return target.update.magnitude.defined(); });
}

std::int64_t Adapter::rank() const {
    std::int64_t largest = 0;
    for (const auto& target : targets) largest = std::max(largest, target.update.rank());
    return largest;
}

double Adapter::alpha() const {
    double largest = 0;
    for (const auto& target : targets) largest = std::max(largest, target.alpha);
    return largest;
}

Adapter Adapter::on(const at::Device& device) const {
    Adapter moved = *this;
    for (auto& target : moved.targets) {
        target.update.A = target.update.A.to(device);
        target.update.B = target.update.B.to(device);
        if (target.update.magnitude.defined()) target.update.magnitude = target.update.magnitude.to(device);
    }
    if (moved.vera) moved.vera = moved.vera->on(device);
    if (moved.head)
        for (at::Tensor* tensor : moved.head->tensors()) *tensor = tensor->to(device);
    if (moved.tokens)
        for (at::Tensor* tensor : moved.tokens->tensors()) *tensor = tensor->to(device);
    return moved;
}

Adapter make_adapter(
    Model& model, const std::vector<std::string>& paths, const LoraSettings& settings, std::uint64_t seed) {
    if (settings.rank < 1) fail("rank", std::to_string(settings.rank), "at least 1");
    const auto linears = linears_by_path(model);
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    Adapter adapter;
    for (const auto& path : paths) {
        const auto found = linears.find(path);
        if (found == linears.end()) fail("targets", "'" + shown(path) + "'", "a linear of the model");
        const Linear& linear = *found->second;
        LowRank update;
        const std::int64_t rank = rank_of(settings, path);
        const double alpha = alpha_of(settings, path);
        if (rank < 1) fail("rank_pattern: " + shown(path), std::to_string(rank), "at least 1");
        update.A = initial_A(rank, linear.in(), settings.init, generator).to(model.device());
        update.B = at::zeros({linear.out(), rank}, update.A.options());
        update.scale = alpha / static_cast<double>(rank);
        update.dropout = settings.dropout;
        adapter.targets.push_back({path, alpha, std::move(update)});
    }
    need_whole_stacks(adapter, model);
    return adapter;
}

void check_fit(const Adapter& adapter, Model& model) {
    const auto linears = linears_by_path(model);
    std::string problems;
    for (const auto& [path, alpha, update] : adapter.targets) {
        const auto found = linears.find(path);
        if (found == linears.end()) {
            problems += "\n  " + shown(path) + ": the model has no such linear";
            continue;
        }
        const Linear& linear = *found->second;
        const std::int64_t rank = update.rank();
        if (update.A.size(1) != linear.in())
            problems += "\n  " + shown(path) + ".lora_A: found " + matrix_text(rank, update.A.size(1))
                        + ", expected " + matrix_text(rank, linear.in());
        if (update.B.size(0) != linear.out())
            problems += "\n  " + shown(path) + ".lora_B: found " + matrix_text(update.B.size(0), rank)
                        + ", expected " + matrix_text(linear.out(), rank);
        if (update.magnitude.defined() && update.magnitude.numel() != linear.out())
            problems += "\n  " + shown(path) + ".lora_magnitude_vector: found "
                        + std::to_string(update.magnitude.numel()) + " values, expected "
                        + std::to_string(linear.out());
    }
    problems += stacks_too_small(adapter, linears);
    if (!problems.empty())
        throw Error("the adapter does not fit this model; was it trained on another one?" + problems);
}

void attach(const Adapter& adapter, Model& model) {
    check_fit(adapter, model);
    const auto linears = linears_by_path(model);
    // Refused before anything is changed where it does not fit.
    if (adapter.tokens && updates_head(adapter, model, linears))
        throw Error("the adapter has an update of the head and rows of tokens: one of the two can change it");
    model.set_token_rows(adapter.tokens ? std::optional(adapter.tokens->rows) : std::nullopt);
    if (model.task() == Task::Classification || adapter.head)
        model.set_head(adapter.head ? adapter.head->linears() : std::vector<HeadLinear>());
    for (const auto& [path, linear] : linears) linear->update.reset();
    for (const auto& target : adapter.targets) linears.at(target.path)->update = target.update;
    for (const auto& [path, linear] : linears) linear->renew_norms();
}

Adapter in_order_of(Model& model, Adapter adapter) {
    std::map<std::string, std::size_t> places;
    for (const auto& named : model.named_linears()) places.emplace(named.path, places.size());
    const auto place = [&](const TargetUpdate& target) {
        const auto found = places.find(target.path);
        return found == places.end() ? places.size() : found->second;
    };
    std::stable_sort(adapter.targets.begin(), adapter.targets.end(),
        [&](const TargetUpdate& a, const TargetUpdate& b) { return place(a) < place(b); });
    return adapter;
}

Adapter with_widths_of(Model& model, Adapter adapter) {
    if (!adapter.vera || adapter.vera->knows_widths()) return adapter;
    const auto linears = linears_by_path(model);
    for (auto& [path, own] : adapter.vera->vectors) {
        const auto found = linears.find(path);
        const std::int64_t widest = adapter.vera->A.size(1);
        if (found == linears.end())
            fail("the adapter's " + shown(path), "no such linear", "one of the model");
        own.in = found->second->in();
        if (own.in > widest)
            fail(shown(path), std::to_string(own.in) + " inputs",
                "at most the " + std::to_string(widest) + " of the adapter's vera_A",
                "was it trained on another model?");
    }
    auto updates = adapter.vera->updates();
    for (TargetUpdate& target : adapter.targets) target.update.A = updates.at(target.path).A;
    return adapter;
}

void detach(Model& model) {
    for (const auto& named : model.named_linears()) named.linear->update.reset();
    model.set_token_rows(std::nullopt);
    if (model.task() == Task::Classification) model.set_head({});
}

} // namespace lora
