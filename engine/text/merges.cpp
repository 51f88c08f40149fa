#include "engine/text/merges.h"

#include "engine/error.h"
#include "engine/text/unicode.h"

#include <algorithm>
#include <cstdint>
#include <functional>

namespace lora {

namespace {

// Every split of a token is tried, so that hostile lengths would cost their square.
constexpr std::size_t longest_merged_bytes = 256;

TokenId token_of_merge(
    const TokenTable& vocabulary, std::string_view token, std::size_t rank, const std::string& where) {
    const auto id = vocabulary.find(token);
    if (!id) {
        fail(where + ": merge " + std::to_string(rank), "the token '" + shown(token) + "'",
            "tokens of the vocabulary");
    }
    return *id;
}

std::vector<std::uint32_t> ranks_of(const std::vector<double>& scores) {
    std::vector<double> order(scores);
    std::sort(order.begin(), order.end(), std::greater<>());
    order.erase(std::unique(order.begin(), order.end()), order.end());
    std::vector<std::uint32_t> ranks;
    ranks.reserve(scores.size());
    for (const double score : scores) {
        const auto place = std::lower_bound(order.begin(), order.end(), score, std::greater<>());
        ranks.push_back(static_cast<std::uint32_t>(place - order.begin()));
    }
    return ranks;
}

struct ScoredMerge {
    TokenId left = 0;
    TokenId right = 0;
    Merge merge;
};

} // namespace

void add_merge(PairMap& merges, const TokenTable& vocabulary, std::string_view left, std::string_view right,
    std::size_t rank, const std::string& where) {
    const TokenId left_id = token_of_merge(vocabulary, left, rank, where);
    const TokenId right_id = token_of_merge(vocabulary, right, rank, where);
    const TokenId merged = token_of_merge(vocabulary, std::string(left) + std::string(right), rank, where);
    merges.set(left_id, right_id, {static_cast<std::uint32_t>(rank), merged});
}

PairMap merges_by_score(
    const TokenTable& vocabulary, const std::vector<double>& scores, const std::vector<bool>& may_merge) {
    const std::vector<std::uint32_t> ranks = ranks_of(scores);
    const auto mergeable = [&](std::string_view text) -> TokenId {
        const auto id = vocabulary.find(text);
        return id && may_merge[static_cast<std::size_t>(*id)] ? *id : -1;
    };
    std::vector<ScoredMerge> found;
    for (TokenId id = 0; id < vocabulary.size(); ++id) {
        const auto index = static_cast<std::size_t>(id);
        const std::string_view token = vocabulary.text(id);
        if (!may_merge[index] || token.size() > longest_merged_bytes) {
            continue;
        }
        for (std::size_t at = 0; at < token.size();) {
            at += code_point_at(token, at).size_bytes;
            const TokenId left = at < token.size() ? mergeable(token.substr(0, at)) : -1;
            const TokenId right = left >= 0 ? mergeable(token.substr(at)) : -1;
            if (right >= 0) {
                found.push_back({left, right, {ranks[index], id}});
            }
        }
    }
    PairMap merges(found.size());
    for (const ScoredMerge& merge : found) {
        merges.set(merge.left, merge.right, merge.merge);
    }
    return merges;
}

} // namespace lora
