#include "engine/adapters/expert_stacks.h"

#include "engine/checkpoints/experts.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::string_view wrapper_name = ".base_layer", experts_name = ".experts";
// In the order in which transformers declares them: PEFT wraps the first one first.
constexpr std::string_view stacked_modules[] = {"gate_up_proj", "down_proj"};

/// A module by its name in the file, and how deep in wrappers.
struct Wrapped {
    std::string module;
    std::size_t depth = 0;
};

Wrapped unwrapped(std::string path) {
    Wrapped found;
    for (; path.ends_with(wrapper_name); ++found.depth) path.resize(path.size() - wrapper_name.size());
    found.module = std::move(path);
    return found;
}

// The parameters of a module of experts that have updates, as PEFT wraps them, the innermost first.
std::vector<std::string> parameters_of(const std::string& container, const PeftConfig& config) {
    std::vector<std::string> found;
    if (!std::string_view(container).ends_with(experts_name)) return found;
    for (const std::string_view module : stacked_modules)
        if (const std::string name = container + "." + std::string(module); config.targets_parameter(name))
            found.push_back(name);
    return found;
}

void take_apart(const LowRankPair& pair, const std::string& parameter, const PeftConfig& config,
    const std::string& place, NamedPairs& all) {
    const std::int64_t rank = config.rank_of(parameter), rows = pair.A.size(0);
    if (rows % rank != 0)
        fail(place, std::to_string(rows) + " rows of lora_A",
            std::to_string(rank) + " for each expert, the rank that adapter_config.json says");
    const std::int64_t experts = rows / rank;
    const at::Tensor A = pair.A.view({experts, rank, pair.A.size(1)});
    const at::Tensor B = pair.B.view({pair.B.size(0), rank, experts});
    const std::size_t dot = parameter.rfind('.');
    for (std::int64_t i = 0; i < experts; ++i)
        all.emplace_back(parameter.substr(0, dot + 1) + std::to_string(i) + parameter.substr(dot),
            LowRankPair{A.select(0, i), B.select(2, i).contiguous()});
}

std::int64_t experts_of(
    const std::string& parameter, const Adapter& adapter, const ModelSummary& base_model) {
    std::int64_t count = 0;
    const auto look = [&](const std::string& path) {
        if (const auto expert = expert_path(path); expert && expert->parameter() == parameter)
            count = std::max(count, expert->number + 1);
    };
    for (const LinearInfo& linear : base_model.linears) look(linear.path);
    for (const TargetUpdate& target : adapter.targets) look(target.path);
    return count;
}

double scale_of(double alpha, std::int64_t rank, bool use_rslora) {
    const auto r = static_cast<double>(rank);
    return alpha / (use_rslora ? std::sqrt(r) : r);
}

void add_to_stack(PeftPlace& place, std::int64_t number, const TargetUpdate& target) {
    place.updates[static_cast<std::size_t>(number)] = &target;
    if (target.update.rank() <= place.rank) return;
    place.rank = target.update.rank();
    place.alpha = target.alpha;
}

} // namespace

NamedPairs stacks_apart(NamedPairs pairs, const PeftConfig& config, const std::string& file) {
    NamedPairs all;
    std::map<std::string, std::size_t> found; // by module of experts
    for (auto& [path, pair] : pairs) {
        const Wrapped wrapper = unwrapped(path);
        const std::vector<std::string> parameters = parameters_of(wrapper.module, config);
        const std::string place = file + ": " + shown(path);
        if (parameters.empty() && wrapper.depth == 0
            && !std::string_view(wrapper.module).ends_with(experts_name)) {
            all.emplace_back(path, std::move(pair));
            continue;
        }
        if (wrapper.depth >= parameters.size())
            fail(place, "an update of a parameter that is not named",
                "gate_up_proj or down_proj of the experts in target_parameters of adapter_config.json");
        take_apart(pair, parameters[parameters.size() - 1 - wrapper.depth], config, place, all);
        ++found[wrapper.module];
    }
    for (const auto& [module, count] : found)
        if (count != parameters_of(module, config).size())
            fail(file + ": " + shown(module), std::to_string(count) + " pair",
                "one for each parameter that target_parameters names");
    std::sort(
        all.begin(), all.end(), [](const auto& a, const auto& b) { return path_before(a.first, b.first); });
    return all;
}

std::vector<PeftPlace> peft_places(const Adapter& adapter, const ModelSummary& base_model) {
    std::set<std::string> parameters;
    for (const TargetUpdate& target : adapter.targets) parameters.insert(peft_parameter(target.path));
    std::vector<PeftPlace> places;
    std::map<std::string, std::size_t> stacks; // by parameter
    for (const TargetUpdate& target : adapter.targets) {
        const std::string parameter = peft_parameter(target.path);
        const std::optional<ExpertPath> expert = expert_path(target.path);
        if (!expert) {
            places.push_back({target.path, parameter, target.update.rank(), target.alpha, {&target}});
            continue;
        }
        const auto [stack, is_new] = stacks.emplace(parameter, places.size());
        if (is_new) {
            const bool inner =
                expert->module == stacked_modules[0]
                && parameters.contains(expert->container + "." + std::string(stacked_modules[1]));
            const auto count = static_cast<std::size_t>(experts_of(parameter, adapter, base_model));
            places.push_back({expert->container + std::string(inner ? wrapper_name : ""), parameter, 0, 0,
                std::vector<const TargetUpdate*>(count)});
        }
        add_to_stack(places[stack->second], expert->number, target);
    }
    return places;
}

LowRankPair stacked(const PeftPlace& place, bool use_rslora) {
    const auto first = std::find_if(
        place.updates.begin(), place.updates.end(), [](const TargetUpdate* one) { return one != nullptr; });
    const LowRank& like = (*first)->update;
    if (!expert_path((*first)->path)) return {like.A, like.B};
    const auto experts = static_cast<std::int64_t>(place.updates.size());
    at::Tensor A = at::zeros({experts, place.rank, like.A.size(1)}, like.A.options().requires_grad(false));
    at::Tensor B = at::zeros({like.B.size(0), place.rank, experts}, A.options());
    const double scale = scale_of(place.alpha, place.rank, use_rslora);
    for (std::int64_t i = 0; i < experts; ++i) {
        const TargetUpdate* const target = place.updates[static_cast<std::size_t>(i)];
        if (target == nullptr) continue;
        const LowRank& update = target->update;
        A.select(0, i).narrow(0, 0, update.rank()).copy_(update.A.detach());
        const at::Tensor own = B.select(2, i).narrow(1, 0, update.rank());
        own.copy_(update.B.detach());
        if (update.scale != scale && scale != 0) own.mul_(update.scale / scale);
    }
    return {A.flatten(0, 1), B.flatten(1, 2)};
}

std::vector<std::string> peft_target_parameters(
    const std::vector<PeftPlace>& places, const ModelSummary& base_model) {
    std::set<std::string> chosen, there, words;
    for (const PeftPlace& place : places)
        if (!place.parameter.empty()) chosen.insert(place.parameter);
    for (const LinearInfo& linear : base_model.linears) there.insert(peft_parameter(linear.path));
    for (const std::string& parameter : chosen) {
        std::size_t dot = parameter.rfind('.');
        if (parameter.ends_with(".weight")) dot = parameter.rfind('.', dot - 1);
        const std::string word = parameter.substr(dot + 1);
        const bool all = std::all_of(there.begin(), there.end(),
            [&](const std::string& other) { return !other.ends_with("." + word) || chosen.contains(other); });
        words.insert(all ? word : parameter);
    }
    return {words.begin(), words.end()};
}

} // namespace lora
