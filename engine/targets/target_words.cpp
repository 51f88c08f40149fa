// The shortest words that select given linears: describe_targets of targets.h.

#include "engine/error.h"
#include "engine/targets/target_presets.h"
#include "engine/targets/targets.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace lora {

namespace {

/// The linears among which words are sought, and the chosen ones of them.
struct Choice {
    const std::vector<LinearInfo>& linears;
    std::vector<std::string> paths; // the chosen ones, in the model's order
    std::set<std::string_view> chosen;

    bool has(const LinearInfo& linear) const { return chosen.contains(linear.path); }
};

Choice choose(const std::vector<LinearInfo>& linears, const std::vector<std::string>& paths) {
    const std::set<std::string_view> wanted(paths.begin(), paths.end());
    Choice choice{linears, {}, {}};
    for (const LinearInfo& linear : linears) {
        if (!wanted.contains(linear.path)) continue;
        choice.paths.push_back(linear.path);
        choice.chosen.insert(linear.path);
    }
    return choice;
}

/// The blocks that hold chosen linears as "0-5,29"; none if a chosen one lies outside the blocks.
std::optional<std::string> layers_of(const Choice& choice) {
    std::set<std::int64_t> layers;
    for (const LinearInfo& linear : choice.linears)
        if (choice.has(linear)) layers.insert(linear.layer);
    if (layers.contains(-1)) return std::nullopt;
    std::string text;
    for (auto first = layers.begin(); first != layers.end();) {
        auto next = std::next(first);
        std::int64_t last = *first;
        while (next != layers.end() && *next == last + 1) last = *next++;
        text.append(text.empty() ? "" : ",").append(std::to_string(*first));
        if (last > *first) text.append("-").append(std::to_string(last));
        first = next;
    }
    return text;
}

bool selects(const TargetSelection& words, const Choice& choice) {
    try {
        return select_targets(choice.linears, words) == choice.paths;
    } catch (const Error&) {
        return false;
    }
}

std::string_view last_parts(std::string_view path, std::size_t parts) {
    std::size_t begin = path.size() + 1;
    while (parts-- > 0 && begin > 0) {
        const std::size_t dot = begin < 2 ? std::string_view::npos : path.rfind('.', begin - 2);
        begin = dot == std::string_view::npos ? 0 : dot + 1;
    }
    return path.substr(begin);
}

/// For each chosen linear the fewest last parts of its path that no linear beside the chosen ones shares.
/// Only linears of the layers that hold chosen ones count where `by_layer`.
std::string names_of(const Choice& choice, bool by_layer) {
    std::set<std::int64_t> layers;
    for (const LinearInfo& linear : choice.linears)
        if (choice.has(linear)) layers.insert(linear.layer);
    std::map<std::string_view, bool> shared; // name → whether a linear that is not chosen has it too
    static constexpr std::size_t most_parts = 4;
    for (const LinearInfo& linear : choice.linears) {
        if (by_layer && !layers.contains(linear.layer)) continue;
        for (std::size_t parts = 1; parts <= most_parts; ++parts)
            shared[last_parts(linear.path, parts)] |= !choice.has(linear);
    }
    std::vector<std::string_view> names;
    for (const LinearInfo& linear : choice.linears) {
        if (!choice.has(linear)) continue;
        std::size_t parts = 1;
        while (parts < most_parts && shared[last_parts(linear.path, parts)]) ++parts;
        const std::string_view name = last_parts(linear.path, parts);
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    std::string list;
    for (const std::string_view name : names) list.append(list.empty() ? "" : ",").append(name);
    return list;
}

std::string escaped(std::string_view text) {
    static constexpr std::string_view special = "\\^$.|?*+()[]{}#- \t\n";
    std::string result;
    for (const char letter : text) {
        if (special.find(letter) != std::string_view::npos) result += '\\';
        result += letter;
    }
    return result;
}

std::string either(const std::set<std::string>& words) {
    std::string list;
    for (const std::string& word : words) list.append(list.empty() ? "" : "|").append(word);
    return words.size() == 1 ? list : "(" + list + ")";
}

/// A path around its block number.
struct Split {
    std::string before, number, after;
};

Split split(const LinearInfo& linear) {
    const std::string number = "." + std::to_string(linear.layer) + ".";
    const std::size_t at = linear.layer < 0 ? std::string::npos : linear.path.find(number);
    if (at == std::string::npos) return {linear.path, "", ""};
    return {linear.path.substr(0, at + 1), number.substr(1, number.size() - 2),
        linear.path.substr(at + number.size() - 1)};
}

/// An alternation over the whole paths; modules that are chosen in the same blocks share one branch.
std::string pattern_of(const Choice& choice) {
    std::map<std::pair<std::string, std::string>, std::set<std::string>> numbers; // (before, after) → numbers
    for (const LinearInfo& linear : choice.linears) {
        if (!choice.has(linear)) continue;
        const Split parts = split(linear);
        numbers[{escaped(parts.before), escaped(parts.after)}].insert(parts.number);
    }
    std::map<std::pair<std::string, std::set<std::string>>, std::set<std::string>> branches;
    for (const auto& [around, blocks] : numbers) branches[{around.first, blocks}].insert(around.second);
    std::string pattern;
    for (const auto& [start, ends] : branches)
        pattern.append(pattern.empty() ? "" : "|")
            .append(start.first)
            .append(either(start.second))
            .append(either(ends));
    return "re:" + pattern;
}

} // namespace

TargetSelection describe_targets(
    const std::vector<LinearInfo>& linears, const std::vector<std::string>& paths) {
    const Choice choice = choose(linears, paths);
    if (choice.paths.empty()) return {"", ""};
    const auto layers = layers_of(choice);

    for (const std::string_view preset : preset_names) {
        const std::string word(preset);
        if (selects({word, ""}, choice)) return {word, ""};
        if (layers && selects({word, *layers}, choice)) return {word, *layers};
    }
    TargetSelection shortest{pattern_of(choice), ""};
    const auto length = [](const TargetSelection& words) {
        return words.targets.size() + words.layers.size();
    };
    const auto consider = [&](const TargetSelection& words) {
        if (length(words) < length(shortest) && selects(words, choice)) shortest = words;
    };
    if (layers) consider({names_of(choice, true), *layers});
    consider({names_of(choice, false), ""});
    return shortest;
}

} // namespace lora
