#include "engine/adapters/expert_rules.h"

#include "engine/checkpoints/experts.h"
#include "engine/error.h"

#include <algorithm>
#include <cstdint>
#include <map>

namespace lora {

std::string stacks_too_small(const Adapter& adapter, const std::map<std::string, Linear*>& linears) {
    struct Seen {
        std::int64_t count = 0, highest = -1;
    };
    std::map<std::string, Seen> seen; // by what PEFT calls the parameter
    for (const TargetUpdate& target : adapter.targets)
        if (const auto expert = expert_path(target.path)) {
            Seen& own = seen[expert->parameter()];
            ++own.count;
            own.highest = std::max(own.highest, expert->number);
        }
    std::string problems;
    for (const auto& [parameter, own] : seen) {
        const std::size_t dot = parameter.rfind('.');
        const std::string next =
            parameter.substr(0, dot + 1) + std::to_string(own.count) + parameter.substr(dot);
        if (own.highest + 1 == own.count && linears.contains(next))
            problems += "\n  " + shown(parameter) + ": found updates of the first "
                        + std::to_string(own.count) + " experts, of which the model has more";
    }
    return problems;
}

void need_whole_stacks(const Adapter& adapter, Model& model) {
    struct Whole {
        std::size_t there = 0, chosen = 0;
        const TargetUpdate* first = nullptr;
    };
    std::map<std::string, Whole> stacks; // by parameter
    for (const NamedLinear& named : model.named_linears())
        if (const auto expert = expert_path(named.path)) ++stacks[expert->parameter()].there;
    for (const TargetUpdate& target : adapter.targets) {
        const auto expert = expert_path(target.path);
        if (!expert) continue;
        Whole& own = stacks[expert->parameter()];
        ++own.chosen;
        if (own.first == nullptr) own.first = &target;
        if (target.update.rank() != own.first->update.rank() || target.alpha != own.first->alpha)
            fail("{lora.rank_pattern}", "a rank or alpha of " + shown(target.path) + " alone",
                "one of all experts of a layer", "PEFT keeps them in one tensor");
    }
    for (const auto& [parameter, own] : stacks)
        if (own.chosen > 0 && own.chosen < own.there)
            fail("{lora.selection.targets}",
                std::to_string(own.chosen) + " of the " + std::to_string(own.there) + " experts of "
                    + shown(parameter),
                "all or none of a layer", "PEFT keeps them in one tensor");
}

void need_modules(const std::vector<TargetUpdate>& targets, const std::string& method) {
    for (const TargetUpdate& target : targets)
        if (!peft_parameter(target.path).empty())
            fail("{lora.selection.targets}", "'" + shown(target.path) + "'",
                "linears that are neither an expert's nor a router's, with " + method,
                "PEFT has no " + method + " for these; choose attention");
}

} // namespace lora
