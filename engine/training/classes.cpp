#include "engine/training/classes.h"

#include "engine/architectures/catalog.h"

#include <string>

#include <ATen/ATen.h>

namespace lora {

namespace {

/// "0", "1", … or "LABEL_0", "LABEL_1", …: names that only repeat the numbers.
bool are_mere_numbers(const std::vector<std::string>& labels) {
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] != std::to_string(i) && labels[i] != "LABEL_" + std::to_string(i)) return false;
    return true;
}

std::vector<std::string> numbers(std::int64_t classes) {
    std::vector<std::string> labels;
    for (std::int64_t i = 0; i < classes; ++i) labels.push_back(std::to_string(i));
    return labels;
}

} // namespace

Goal goal_of(const std::optional<ClassifierHead>& head, const Model& model) {
    Goal goal{.task = model.task(), .labels = {}};
    if (goal.task != Task::Classification) return goal;
    goal.problem = head && head->problem != Problem::Unsaid ? head->problem : model.problem();
    if (head && !head->labels.empty()) {
        goal.labels = head->labels;
        return goal;
    }
    goal.labels = model.labels();
    const auto own = static_cast<std::int64_t>(goal.labels.size());
    if (head && own != head->weight.size(0)) goal.labels = numbers(head->weight.size(0));
    goal.numbered = are_mere_numbers(goal.labels);
    return goal;
}

Goal goal_of_training(const std::optional<ClassifierHead>& head, const Model& model) {
    Goal goal = goal_of(head, model);
    goal.replaceable = !head;
    return goal;
}

Goal goal_of_training(const std::string& model_path) {
    Weights weights = open_weights(model_path);
    weights.prepare(at::kMeta, at::kFloat, {}, {});
    return goal_of_training(std::nullopt, *make_model(weights, at::kMeta));
}

ClassifierHead first_head(
    const Model& model, std::int64_t width, const std::vector<std::string>& labels, std::uint64_t seed) {
    const std::vector<HeadLinear> own = model.own_head();
    ClassifierHead head = make_head(own, width, labels, seed, model.device());
    const std::vector<std::string> classes = model.labels();
    const bool same = labels == classes || (labels.size() == classes.size() && are_mere_numbers(classes));
    if (own.back().weight.defined() && same) {
        head.weight = own.back().weight.detach().to(at::kFloat).clone();
        head.bias = own.back().bias.detach().to(at::kFloat).clone();
    }
    return head;
}

} // namespace lora
