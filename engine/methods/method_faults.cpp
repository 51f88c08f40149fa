#include "engine/methods/method_faults.h"

#include <cmath>

namespace lora {

namespace {

/// Whether A, B or both begin from the weights.
bool starts_from_weights(MethodKind kind) {
    return kind == MethodKind::Pissa || kind == MethodKind::Olora || kind == MethodKind::LoraXs;
}

} // namespace

std::vector<std::string> method_faults(
    MethodKind kind, const MethodSettings& settings, const LoraSettings& lora) {
    std::vector<std::string> faults;
    const std::string word = name(kind);
    const auto refuse = [&](const std::string& setting, const std::string& why) {
        faults.push_back(setting + ": does not go with the method " + word + ": " + why);
    };
    if (settings.loraplus_lr_ratio != MethodSettings{}.loraplus_lr_ratio && kind != MethodKind::LoraPlus)
        refuse("loraplus-lr-ratio", "it is lora-plus's own");
    if (!std::isfinite(settings.loraplus_lr_ratio) || settings.loraplus_lr_ratio <= 0)
        faults.emplace_back("loraplus-lr-ratio: expected a number above 0");
    if (settings.d_initial != MethodSettings{}.d_initial && kind != MethodKind::Vera)
        refuse("d-initial", "it is vera's own");
    if (!std::isfinite(settings.d_initial) || settings.d_initial == 0)
        faults.emplace_back("d-initial: expected a number that is not 0, at which nothing would ever move");
    if (starts_from_weights(kind)) {
        if (!lora.adapter.empty()) refuse("adapter", "it starts from the weights, not from an adapter");
        if (lora.init != InitialA::Uniform) refuse("init", "its first A comes from the weights");
    }
    if (kind == MethodKind::Vera) {
        const char* why = "all its updates share one random A and B";
        if (!lora.adapter.empty()) refuse("adapter", why);
        if (lora.init != InitialA::Uniform) refuse("init", why);
        if (!lora.rank_pattern.empty())
            refuse("rank_pattern", "all its updates share one A and B of one rank");
        // The command's default stands for none.
        if (lora.alpha != LoraSettings{}.alpha && lora.alpha != 2 * static_cast<double>(lora.rank))
            refuse("alpha", "it has no scale; its vectors b and d are that");
        if (!lora.alpha_pattern.empty())
            refuse("alpha_pattern", "it has no scale; its vectors b and d are that");
    }
    if (kind == MethodKind::UniLora) {
        const char* why = "its A and B follow from a vector of their own";
        if (!lora.adapter.empty()) refuse("adapter", why);
        if (lora.init != InitialA::Uniform) refuse("init", why);
    }
    if ((kind == MethodKind::Pissa || kind == MethodKind::Olora) && lora.dropout > 0)
        refuse("dropout", "its start is held as half of the update and must cancel exactly");
    return faults;
}

} // namespace lora
