#pragma once
// What a new adapter is: which linears, which rank, which scale.

#include <cstdint>
#include <map>
#include <string>

namespace lora {

enum class InitialA { Uniform, Gaussian }; ///< ±1/√in as PEFT and loralib do; N(0, 1/r) as the paper writes

/// The words of --targets and --layers.
struct TargetSelection {
    std::string targets =
        "attention-qv"; ///< comma list of names, attention-qv, attention, mlp, all-linear, or re:PATTERN
    std::string layers; ///< "0-5,29"; empty: all
    bool operator==(const TargetSelection&) const = default;
};

/// A target's own rank or α, by its path or the end of it; see rank_pattern.h.
using RankPattern = std::map<std::string, std::int64_t>;
using AlphaPattern = std::map<std::string, double>;

struct LoraSettings {
    TargetSelection selection = {};
    std::int64_t rank = 8;
    double alpha = 16; ///< the update's scale is alpha / rank
    RankPattern rank_pattern = {};
    AlphaPattern alpha_pattern = {};
    double dropout = 0;
    InitialA init = InitialA::Uniform;
    std::string adapter =
        {}; ///< a PEFT folder to start from; its rank, alpha and targets then count. Empty: a new one
    bool operator==(const LoraSettings&) const = default;
};

} // namespace lora
