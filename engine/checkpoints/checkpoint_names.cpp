#include "engine/checkpoints/checkpoint_names.h"

#include <string_view>

namespace lora {

namespace {

std::string old_norm_name(const std::string& name) {
    static constexpr std::string_view weight = "LayerNorm.weight", bias = "LayerNorm.bias";
    if (name.ends_with(weight)) return name.substr(0, name.size() - weight.size()) + "LayerNorm.gamma";
    if (name.ends_with(bias)) return name.substr(0, name.size() - bias.size()) + "LayerNorm.beta";
    return {};
}

} // namespace

std::vector<std::string> other_names(const std::string& name) {
    static constexpr std::string_view base = "bert.";
    std::vector<std::string> names;
    const std::string old = old_norm_name(name);
    if (!old.empty()) names.push_back(old);
    if (name.starts_with(base)) {
        names.push_back(name.substr(base.size()));
        if (!old.empty()) names.push_back(old.substr(base.size()));
    }
    return names;
}

} // namespace lora
