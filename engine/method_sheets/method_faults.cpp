#include "engine/method_sheets/method_faults.h"

#include <cmath>
#include <functional>

namespace lora {

namespace {

/// Whether A, B or both begin from the weights.
bool starts_from_weights(MethodKind kind) {
    return kind == MethodKind::Pissa || kind == MethodKind::Olora || kind == MethodKind::LoraXs;
}

using Refuse = std::function<void(const std::string& setting, const std::string& why)>;

void check(const AdaLoraSettings& settings, MethodKind kind, const LoraSettings& lora,
    std::vector<std::string>& faults, const Refuse& refuse) {
    if (kind != MethodKind::AdaLora) {
        if (settings != AdaLoraSettings{}) refuse("adalora-init-r and its like", "they are adalora's own");
        return;
    }
    const auto expect = [&](bool holds, const std::string& setting, const std::string& expected) {
        if (!holds) faults.push_back(setting + ": expected " + expected);
    };
    expect(settings.init_r >= lora.rank && settings.init_r <= 1 << 16, "adalora-init-r",
        "at least the rank, which every update comes down to on average");
    expect(settings.tinit >= 0, "adalora-tinit", "0 steps or more");
    expect(settings.tfinal >= 0, "adalora-tfinal", "0 steps or more");
    expect(settings.deltaT >= 1, "adalora-delta-t", "1 step or more");
    expect(settings.beta1 > 0 && settings.beta1 < 1, "adalora-beta1", "a number between 0 and 1");
    expect(settings.beta2 > 0 && settings.beta2 < 1, "adalora-beta2", "a number between 0 and 1");
    expect(std::isfinite(settings.orth_reg_weight) && settings.orth_reg_weight >= 0,
        "adalora-orth-reg-weight", "0 or above");
    if (!lora.adapter.empty()) refuse("adapter", "it starts from directions of its own");
    if (lora.init != InitialA::Uniform) refuse("init", "its A and B start as N(0, 0.02)");
    if (!lora.rank_pattern.empty() || !lora.alpha_pattern.empty())
        refuse("rank-pattern or alpha-pattern", "it finds the ranks itself, at one scale for all");
}

void check(
    const EvaSettings& settings, MethodKind kind, std::vector<std::string>& faults, const Refuse& refuse) {
    if (kind != MethodKind::Eva && settings != EvaSettings{})
        refuse("eva-rho or eva-tau", "they are eva's own");
    if (!std::isfinite(settings.rho) || settings.rho < 1)
        faults.emplace_back("eva-rho: expected a number from 1 up");
    if (!(settings.tau >= 0 && settings.tau <= 1))
        faults.emplace_back("eva-tau: expected a number from 0 to 1");
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
    check(settings.adalora, kind, lora, faults, refuse);
    check(settings.eva, kind, faults, refuse);
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
    if (kind == MethodKind::Eva) {
        if (!lora.adapter.empty()) refuse("adapter", "it starts from the data, not from an adapter");
        if (lora.init != InitialA::Uniform) refuse("init", "its first A comes from the data");
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
