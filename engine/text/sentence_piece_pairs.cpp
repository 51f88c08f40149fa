#include "engine/text/sentence_piece_pairs.h"

#include "engine/text/unicode.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace lora {

namespace {

// Every split of a token is tried, so that hostile lengths would cost their square.
constexpr std::size_t longest_merged_bytes = 256;

std::vector<std::uint32_t> ranks_of(const std::vector<ScoredToken>& tokens) {
    std::vector<double> order;
    order.reserve(tokens.size());
    for (const ScoredToken& token : tokens) {
        order.push_back(token.score);
    }
    std::sort(order.begin(), order.end(), std::greater<>());
    order.erase(std::unique(order.begin(), order.end()), order.end());
    std::vector<std::uint32_t> ranks;
    ranks.reserve(tokens.size());
    for (const ScoredToken& token : tokens) {
        const auto place = std::lower_bound(order.begin(), order.end(), token.score, std::greater<>());
        ranks.push_back(static_cast<std::uint32_t>(place - order.begin()));
    }
    return ranks;
}

bool is_one_character(std::string_view text) { return code_point_at(text, 0).size_bytes == text.size(); }

/// Finds the pairs that merge, and the characters without a token that are in them.
class PairFinder {
public:
    PairFinder(const TokenTable& vocabulary, const std::vector<ScoredToken>& tokens, TokenTable& lone)
        : vocabulary_(vocabulary), tokens_(tokens), lone_(lone) {}

    PairMap pairs() {
        const std::vector<std::uint32_t> ranks = ranks_of(tokens_);
        for (TokenId id = 0; id < vocabulary_.size(); ++id) {
            if (merges(id)) {
                split(id, ranks[static_cast<std::size_t>(id)]);
            }
        }
        PairMap found(found_.size());
        for (const Found& each : found_) {
            found.set(each.left, each.right, each.merge);
        }
        return found;
    }

private:
    struct Found {
        TokenId left = 0;
        TokenId right = 0;
        Merge merge;
    };

    bool merges(TokenId id) const {
        return tokens_[static_cast<std::size_t>(id)].use == TokenUse::Scored && vocabulary_.has(id);
    }

    void split(TokenId id, std::uint32_t rank) {
        const std::string_view token = vocabulary_.text(id);
        if (token.empty() || token.size() > longest_merged_bytes) {
            return;
        }
        for (std::size_t at = code_point_at(token, 0).size_bytes; at < token.size();
             at += code_point_at(token, at).size_bytes) {
            const TokenId left = symbol_of(token.substr(0, at));
            const TokenId right = left >= 0 ? symbol_of(token.substr(at)) : -1;
            if (right >= 0) {
                found_.push_back({left, right, {rank, id}});
            }
        }
    }

    TokenId symbol_of(std::string_view text) {
        const auto id = vocabulary_.find(text);
        if (id && merges(*id)) {
            return *id;
        }
        const bool frozen = id && tokens_[static_cast<std::size_t>(*id)].use == TokenUse::Always;
        if (frozen || !is_one_character(text)) {
            return -1;
        }
        if (!lone_.find(text)) {
            lone_.add(text, lone_.size());
        }
        return vocabulary_.size() + *lone_.find(text);
    }

    const TokenTable& vocabulary_;
    const std::vector<ScoredToken>& tokens_;
    TokenTable& lone_;
    std::vector<Found> found_;
};

} // namespace

PairMap sentence_piece_pairs(
    const TokenTable& vocabulary, const std::vector<ScoredToken>& tokens, TokenTable& lone) {
    return PairFinder(vocabulary, tokens, lone).pairs();
}

} // namespace lora
