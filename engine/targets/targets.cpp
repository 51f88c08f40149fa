#include "engine/targets/targets.h"

#include "engine/checkpoints/experts.h"
#include "engine/error.h"
#include "engine/targets/target_presets.h"
#include "engine/text/pattern.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <set>
#include <string_view>

namespace lora {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> words_of(std::string_view list) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        words.emplace_back(trimmed(list.substr(begin, end - begin)));
        begin = end + 1;
    }
    return words;
}

/// As PEFT matches a list: the whole path, or its last part or parts.
bool is_named(const LinearInfo& linear, std::string_view name) {
    return linear.path == name
           || (linear.path.size() > name.size() && linear.path.ends_with(name)
               && linear.path[linear.path.size() - name.size() - 1] == '.');
}

std::int64_t count_layers(const std::vector<LinearInfo>& linears) {
    std::int64_t layers = 0;
    for (const LinearInfo& linear : linears) layers = std::max(layers, linear.layer + 1);
    return layers;
}

std::string name_of(const LinearInfo& linear) {
    if (expert_path(linear.path)) return "experts.N." + linear.module;
    return linear.group.empty() ? linear.module : linear.group + "." + linear.module;
}

/// Groups and modules, each once, in the model's order: "self_attn.q_proj, …, lm_head".
std::string what_there_is(const std::vector<LinearInfo>& linears) {
    std::set<std::string> seen;
    std::string list;
    for (const LinearInfo& linear : linears) {
        const std::string name = name_of(linear);
        if (seen.insert(name).second) list.append(list.empty() ? "" : ", ").append(shown(name));
    }
    return list.empty() ? "no linears at all" : list;
}

using Takes = std::function<bool(const LinearInfo&)>;

/// One test for each word, so that a word without effect can be named.
std::vector<std::pair<std::string, Takes>> tests_of(const std::string& targets) {
    static constexpr std::string_view prefix = "re:";
    if (targets.starts_with(prefix)) {
        const std::string expression = targets.substr(prefix.size());
        // Alone first: one with unpaired parentheses must not slip through inside the group.
        const Pattern alone(expression, "{lora.selection.targets}");
        const Pattern whole("\\A(?:" + expression + ")\\z", "{lora.selection.targets}");
        return {{targets, [whole](const LinearInfo& linear) { return !whole.matches(linear.path).empty(); }}};
    }
    const std::string word(trimmed(targets));
    if (std::find(preset_names.begin(), preset_names.end(), word) != preset_names.end())
        return {{word, [word](const LinearInfo& linear) { return in_preset(linear, word); }}};
    std::vector<std::pair<std::string, Takes>> tests;
    for (const std::string& name : words_of(targets))
        tests.emplace_back(name, [name](const LinearInfo& linear) { return is_named(linear, name); });
    return tests;
}

std::optional<std::int64_t> number(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || digits.front() == '-' || error != std::errc()
        || end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

} // namespace

std::vector<std::string> select_targets(
    const std::vector<LinearInfo>& linears, const TargetSelection& selection) {
    std::set<std::int64_t> layers;
    if (!trimmed(selection.layers).empty()) {
        const auto chosen = parse_layers(selection.layers, count_layers(linears));
        layers.insert(chosen.begin(), chosen.end());
    }
    std::vector<bool> taken(linears.size());
    for (const auto& [word, takes] : tests_of(selection.targets)) {
        bool any = false;
        for (std::size_t i = 0; i < linears.size(); ++i) {
            if ((!layers.empty() && !layers.contains(linears[i].layer)) || !takes(linears[i])) continue;
            taken[i] = any = true;
        }
        if (!any)
            fail("{lora.selection.targets}",
                "'" + shown(word) + "', which matches nothing" + (layers.empty() ? "" : " in these layers"),
                "a name, preset or pattern that matches", "there are " + what_there_is(linears));
    }
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < linears.size(); ++i)
        if (taken[i]) paths.push_back(linears[i].path);
    return paths;
}

std::vector<std::int64_t> parse_layers(const std::string& words, std::int64_t layers) {
    std::set<std::int64_t> chosen;
    for (const std::string& word : words_of(words)) {
        const std::size_t hyphen = word.find('-');
        const auto first = number(trimmed(std::string_view(word).substr(0, hyphen)));
        const auto last =
            hyphen == std::string::npos ? first : number(trimmed(std::string_view(word).substr(hyphen + 1)));
        if (!first || !last || *first > *last)
            fail("{lora.selection.layers}", "'" + shown(word) + "'",
                "block numbers and ranges such as 0-5,29");
        if (*last >= layers)
            fail("{lora.selection.layers}", std::to_string(*last),
                layers == 0 ? "no layers, since there are no blocks"
                            : "block numbers from 0 to " + std::to_string(layers - 1));
        for (std::int64_t layer = *first; layer <= *last; ++layer) chosen.insert(layer);
    }
    return {chosen.begin(), chosen.end()};
}

} // namespace lora
