#include "engine/adapters/earlier_experts.h"

#include "engine/adapters/low_rank_pairs.h"
#include "engine/error.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::string_view earlier_module = ".block_sparse_moe.", todays_module = ".mlp.";

enum class Part : std::uint8_t { Gate, Up, Down };
constexpr std::pair<std::string_view, Part> earlier_parts[] = {{".w1", Part::Gate}, {".w3", Part::Up},
    {".w2", Part::Down}, {".gate_proj", Part::Gate}, {".up_proj", Part::Up}, {".down_proj", Part::Down}};

// Mixtral's modules had another name. Granite's stack of experts has it still.
std::string todays(std::string path) {
    constexpr std::string_view experts = ".block_sparse_moe.experts.";
    const std::size_t at = path.find(earlier_module);
    const std::string_view inside = std::string_view(path).substr(std::min(at, path.size()));
    const bool of_an_expert = inside.starts_with(experts) && inside.size() > experts.size()
                              && inside[experts.size()] >= '0' && inside[experts.size()] <= '9';
    const bool of_mixtral = of_an_expert || inside == ".block_sparse_moe.gate";
    return of_mixtral ? path.replace(at, earlier_module.size(), todays_module) : path;
}

/// "….mlp.experts.3" and which of its modules; none for another path.
std::optional<std::pair<std::string, Part>> earlier_expert(const std::string& path) {
    for (const auto& [ending, part] : earlier_parts) {
        if (!path.ends_with(ending)) continue;
        const std::string expert = path.substr(0, path.size() - ending.size());
        const std::size_t dot = expert.rfind('.');
        const bool numbered = dot != std::string::npos && dot + 1 < expert.size()
                              && expert.find_first_not_of("0123456789", dot + 1) == std::string::npos;
        if (numbered && std::string_view(expert).substr(0, dot).ends_with(".experts"))
            return std::pair{expert, part};
    }
    return std::nullopt;
}

// Two updates side by side, each of its own rows.
LowRankPair in_one(const LowRankPair& gate, const LowRankPair& up) {
    return {at::cat({gate.A, up.A}), at::block_diag({gate.B, up.B})};
}

} // namespace

void fuse_earlier_experts(NamedPairs& pairs, PeftConfig& config, const std::string& file) {
    NamedPairs all;
    std::map<std::string, std::array<std::optional<LowRankPair>, 2>> halves; // gate and up, by expert
    for (auto& [path, pair] : pairs) {
        std::string name = todays(path);
        const auto expert = earlier_expert(name);
        if (!expert)
            all.emplace_back(std::move(name), std::move(pair));
        else if (expert->second == Part::Down)
            all.emplace_back(expert->first + ".down_proj", std::move(pair));
        else
            halves[expert->first][expert->second == Part::Up ? 1 : 0] = std::move(pair);
    }
    for (auto& [expert, both] : halves) {
        if (!both[0] || !both[1])
            fail(file + ": " + shown(expert),
                std::string("an update of its ") + (both[0] ? "gate" : "up") + " alone",
                "one of each, since they are one linear here and in PEFT");
        all.emplace_back(expert + ".gate_up_proj", in_one(*both[0], *both[1]));
    }
    if (!halves.empty()) { // of twice the rank, at the same scale
        const Pattern gates = path_end(".*experts\\.[0-9]+\\.gate_up_proj", "the experts of earlier files");
        config.rank_pattern.emplace(config.rank_pattern.begin(), gates, 2 * config.r);
        config.alpha_pattern.emplace(config.alpha_pattern.begin(), gates, 2 * config.lora_alpha);
    }
    pairs = std::move(all);
}

} // namespace lora
