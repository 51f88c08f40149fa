#include "engine/targets/rank_pattern.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <queue>
#include <utility>

namespace lora {

namespace {

bool ends(const std::string& path, const std::string& key) {
    return path == key
           || (path.size() > key.size() && path.ends_with(key) && path[path.size() - key.size() - 1] == '.');
}

template <class Pattern, class Value>
Value by_pattern(const Pattern& pattern, const std::string& path, Value otherwise) {
    std::size_t longest = 0;
    for (const auto& [key, value] : pattern)
        if (key.size() > longest && ends(path, key)) {
            longest = key.size();
            otherwise = value;
        }
    return otherwise;
}

template <class Value>
std::map<std::string, Value> parsed(const std::string& text, const std::string& what) {
    std::map<std::string, Value> pattern;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string entry = text.substr(begin, end - begin);
        begin = end + 1;
        const std::size_t equals = entry.rfind('=');
        Value value{};
        const char* last = entry.data() + entry.size();
        const char* first = equals == std::string::npos ? last : entry.data() + equals + 1;
        const auto [rest, error] = std::from_chars(first, last, value);
        if (equals == std::string::npos || equals == 0 || first == last || error != std::errc()
            || rest != last)
            fail(what, "'" + shown(entry) + "'", "NAME=NUMBER, several apart by commas");
        pattern[entry.substr(0, equals)] = value;
    }
    return pattern;
}

std::string text_of(std::int64_t value) { return std::to_string(value); }
std::string text_of(double value) {
    char digits[32];
    return {digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr};
}

template <class Pattern>
std::string joined(const Pattern& pattern) {
    std::string text;
    for (const auto& [key, value] : pattern)
        text.append(text.empty() ? "" : ",").append(key).append("=").append(text_of(value));
    return text;
}

std::int64_t cost(const RankNeed& target) { return target.in + target.out; }

double wanted(const RankNeed& target, double share) {
    const double need = std::isfinite(target.need) ? std::max(target.need, 0.0) : 0.0;
    return std::clamp(
        need * share, 1.0, static_cast<double>(std::max<std::int64_t>(1, std::min(target.in, target.out))));
}

} // namespace

std::int64_t rank_of(const LoraSettings& settings, const std::string& path) {
    return by_pattern(settings.rank_pattern, path, settings.rank);
}

double alpha_of(const LoraSettings& settings, const std::string& path) {
    return by_pattern(settings.alpha_pattern, path, settings.alpha);
}

RankPattern rank_pattern(const std::string& text, const std::string& what) {
    return parsed<std::int64_t>(text, what);
}
AlphaPattern alpha_pattern(const std::string& text, const std::string& what) {
    return parsed<double>(text, what);
}
std::string pattern_text(const RankPattern& pattern) { return joined(pattern); }
std::string pattern_text(const AlphaPattern& pattern) { return joined(pattern); }

RankPattern ranks_within(const std::vector<RankNeed>& needs, std::int64_t parameters) {
    std::int64_t least = 0;
    for (const RankNeed& need : needs) least += cost(need);
    if (least > parameters)
        fail("budget", std::to_string(parameters) + " parameters",
            "at least " + std::to_string(least) + ", which rank 1 of every target takes");
    const auto spent = [&](double share) {
        std::int64_t sum = 0;
        for (const RankNeed& need : needs) sum += static_cast<std::int64_t>(wanted(need, share)) * cost(need);
        return sum;
    };
    double low = 0;
    double high = 1e9; // beyond it every target has all its directions
    for (int halving = 0; halving < 200 && spent(high) > parameters; ++halving) {
        const double middle = (low + high) / 2;
        (spent(middle) > parameters ? high : low) = middle;
    }
    const double share = spent(high) > parameters ? low : high;
    RankPattern ranks;
    std::priority_queue<std::pair<double, std::size_t>> left; // what rounding down took, target
    for (std::size_t i = 0; i < needs.size(); ++i) {
        const double exact = wanted(needs[i], share);
        ranks[needs[i].path] = static_cast<std::int64_t>(exact);
        if (exact < wanted(needs[i], 1e9)) left.emplace(exact - std::floor(exact), i);
    }
    std::int64_t rest = parameters - spent(share);
    for (; !left.empty(); left.pop()) {
        const RankNeed& target = needs[left.top().second];
        if (cost(target) > rest) continue;
        rest -= cost(target);
        ++ranks[target.path];
    }
    return ranks;
}

std::int64_t parameters_of(const std::vector<RankNeed>& targets, const RankPattern& ranks) {
    std::int64_t sum = 0;
    for (const RankNeed& target : targets) {
        const auto rank = ranks.find(target.path);
        if (rank != ranks.end()) sum += rank->second * cost(target);
    }
    return sum;
}

AlphaPattern alphas_of(const RankPattern& ranks, double scale) {
    AlphaPattern alphas;
    for (const auto& [path, rank] : ranks) alphas[path] = scale * static_cast<double>(rank);
    return alphas;
}

} // namespace lora
