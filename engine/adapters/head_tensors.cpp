#include "engine/adapters/head_tensors.h"

#include "engine/adapters/peft.h"
#include "engine/error.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::string_view weight_ending = ".weight", bias_ending = ".bias";
constexpr const char* last_module = "classifier";

// As PEFT matches names of modules: "bert.pooler.dense" lies inside "pooler", and "pre_classifier" inside
// "classifier".
bool lies_inside(const std::string& path, const std::string& module) {
    for (std::size_t end = path.find('.');; end = path.find('.', end + 1)) {
        if (std::string_view(path).substr(0, end).ends_with(module)) return true;
        if (end == std::string::npos) return false;
    }
}

bool is_last_module(const std::string& path) {
    return path == last_module || path.starts_with(std::string(last_module) + ".");
}

HeadLinear read_linear(const SafetensorsFile& file, const std::string& prefix, const TensorView& weight,
    const at::Device& device) {
    const std::size_t size = weight.name.size() - prefix.size() - weight_ending.size();
    HeadLinear linear{.path = weight.name.substr(prefix.size(), size),
        .weight = finite_values(weight, file.path(), device)};
    const TensorView* bias = file.find(prefix + linear.path + std::string(bias_ending));
    if (weight.shape.size() != 2 || (bias != nullptr && bias->shape != std::vector{weight.shape[0]}))
        fail(file.path() + ": " + shown(linear.path), "a weight or a bias that do not fit each other",
            "weight [out, D] and bias [out]");
    linear.has_bias = bias != nullptr;
    if (bias != nullptr) linear.bias = finite_values(*bias, file.path(), device);
    return linear;
}

} // namespace

std::vector<NamedTensor> head_tensors(const ClassifierHead& head, const std::string& prefix) {
    std::vector<NamedTensor> tensors;
    for (const HeadLinear& linear : head.linears()) {
        tensors.push_back({prefix + linear.path + std::string(weight_ending), linear.weight});
        if (linear.bias.defined())
            tensors.push_back({prefix + linear.path + std::string(bias_ending), linear.bias});
    }
    return tensors;
}

std::optional<ClassifierHead> read_head_tensors(const SafetensorsFile& file, const std::string& prefix,
    const std::vector<std::string>& modules, const at::Device& device) {
    std::vector<HeadLinear> linears;
    for (const TensorView& view : file.tensors()) {
        if (!view.name.starts_with(prefix) || !view.name.ends_with(weight_ending)) continue;
        const std::string path =
            view.name.substr(prefix.size(), view.name.size() - prefix.size() - weight_ending.size());
        const bool inside = std::any_of(modules.begin(), modules.end(),
            [&](const std::string& module) { return lies_inside(path, module); });
        const bool of_update = path.ends_with(".lora_A") || path.ends_with(".lora_B");
        if (inside && !of_update) linears.push_back(read_linear(file, prefix, view, device));
    }
    const auto place = [](const HeadLinear& linear) {
        return std::pair(is_last_module(linear.path), linear.path);
    };
    std::sort(linears.begin(), linears.end(),
        [&](const HeadLinear& a, const HeadLinear& b) { return place(a) < place(b); });
    if (linears.empty() || !is_last_module(linears.back().path)) return std::nullopt;
    if (!linears.back().bias.defined())
        fail(file.path() + ": " + shown(linears.back().path), "no bias",
            "weight [labels, D] and bias [labels]");
    ClassifierHead head{.weight = linears.back().weight, .bias = linears.back().bias, .labels = {}};
    head.path = linears.back().path;
    linears.pop_back();
    head.before = std::move(linears);
    return head;
}

Problem problem_of_head(const std::string& word, const std::string& where) {
    const Problem problem = problem_of(word);
    if (problem == Problem::Unsaid && !word.empty())
        fail(where, "'" + shown(word, 60) + "'", "a word of config.json's problem_type");
    return problem;
}

bool is_head_tensor(const std::string& name, const ClassifierHead& head, const std::string& prefix) {
    const auto tensors = head_tensors(head, prefix);
    return std::any_of(
        tensors.begin(), tensors.end(), [&](const NamedTensor& tensor) { return tensor.name == name; });
}

// PEFT gives every classifier the first two, whether the model has such modules or not.
Json modules_to_save(const std::optional<ClassifierHead>& head) {
    if (!head) return nullptr;
    Json modules{last_module, "score"};
    for (const HeadLinear& linear : head->before)
        if (!lies_inside(linear.path, last_module)) modules.push_back(linear.path);
    return modules;
}

} // namespace lora
