#include "engine/text/unigram.h"

#include "engine/error.h"
#include "engine/text/byte_token.h"
#include "engine/text/unicode.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace lora {

namespace {

// What an unknown character costs beyond the least probable token, in both implementations.
constexpr double unknown_penalty = 10;

} // namespace

Unigram::Unigram(
    TokenTable vocabulary, std::vector<ScoredToken> tokens, UnigramOptions options, const std::string& where)
    : vocabulary_(std::move(vocabulary)), tokens_(std::move(tokens)), options_(options), where_(where),
      lowest_(std::numeric_limits<double>::max()), highest_(std::numeric_limits<double>::lowest()) {
    std::vector<std::pair<std::string_view, std::int32_t>> texts;
    for (TokenId id = 0; id < vocabulary_.size(); ++id) {
        const ScoredToken& token = tokens_[static_cast<std::size_t>(id)];
        if (token.use == TokenUse::Scored) {
            lowest_ = std::min(lowest_, token.score);
            highest_ = std::max(highest_, token.score);
        }
        if (token.use != TokenUse::Never && vocabulary_.has(id)) {
            texts.emplace_back(vocabulary_.text(id), id);
        }
    }
    trie_ = ByteTrie(std::move(texts), where);
    for (std::size_t byte = 0; byte < byte_ids_.size(); ++byte) {
        byte_ids_[byte] = vocabulary_.find(byte_token(static_cast<std::uint8_t>(byte))).value_or(-1);
    }
}

/// A symbol of the user's gets more than any other way to write its bytes.
double Unigram::score_of(TokenId id, std::size_t bytes) const {
    const ScoredToken& token = tokens_[static_cast<std::size_t>(id)];
    if (token.use != TokenUse::Always) {
        return token.score;
    }
    const float all_bytes = static_cast<float>(bytes) * static_cast<float>(highest_);
    return rounded(static_cast<double>(all_bytes) - 0.1);
}

double Unigram::rounded(double sum) const {
    return options_.sums == UnigramSums::Single ? static_cast<double>(static_cast<float>(sum)) : sum;
}

void Unigram::find_best(std::string_view piece, UnigramScratch& scratch) const {
    scratch.ends.assign(piece.size() + 1, {});
    const double unknown_score = rounded(lowest_ - unknown_penalty);
    const TokenId unknown = options_.unknown.value_or(std::numeric_limits<TokenId>::max());
    for (std::size_t begin = 0; begin < piece.size();) {
        const std::size_t size = code_point_at(piece, begin).size_bytes;
        const double so_far = scratch.ends[begin].score;
        bool known = false;
        const auto consider = [&](std::size_t bytes, double score, TokenId id) {
            UnigramScratch::Best& best = scratch.ends[begin + bytes];
            const double sum = rounded(score + so_far);
            if (best.id < 0 || sum > best.score) {
                best = {sum, begin, id};
            }
        };
        trie_.prefixes(piece.substr(begin), [&](TokenId id, std::size_t bytes) {
            known = known || bytes == size;
            consider(bytes, score_of(id, bytes), id);
        });
        if (!known) {
            consider(size, unknown_score, unknown);
        }
        begin += size;
    }
}

void Unigram::encode(std::string_view piece, std::vector<TokenId>& ids, UnigramScratch& scratch) const {
    find_best(piece, scratch);
    const TokenId unknown = options_.unknown.value_or(std::numeric_limits<TokenId>::max());
    scratch.pieces.clear();
    for (std::size_t end = piece.size(); end > 0;) {
        const UnigramScratch::Best& best = scratch.ends[end];
        auto& pieces = scratch.pieces;
        if (best.id == unknown && !pieces.empty() && pieces.back().id == unknown) {
            pieces.back().begin = best.begin;
        } else {
            pieces.push_back({best.begin, end, best.id});
        }
        end = best.begin;
    }
    for (auto each = scratch.pieces.rbegin(); each != scratch.pieces.rend(); ++each) {
        if (each->id == unknown) {
            add_unknown(piece.substr(each->begin, each->end - each->begin), ids);
        } else {
            ids.push_back(each->id);
        }
    }
}

void Unigram::add_unknown(std::string_view text, std::vector<TokenId>& ids) const {
    // `tokenizers` looks the joined characters up once more.
    const auto whole =
        options_.sums == UnigramSums::Double ? vocabulary_.find(text) : std::optional<TokenId>();
    if (whole) {
        ids.push_back(*whole);
    } else if (!options_.byte_fallback || !add_bytes(text, ids)) {
        if (!options_.unknown) {
            fail(where_, "no token for '" + shown(text, 20) + "' and no unknown token",
                "a token for every character");
        }
        ids.push_back(*options_.unknown);
    }
}

/// False, and nothing is added, if a byte has no token.
bool Unigram::add_bytes(std::string_view text, std::vector<TokenId>& ids) const {
    const auto id_of = [&](char byte) { return byte_ids_[static_cast<std::uint8_t>(byte)]; };
    if (std::any_of(text.begin(), text.end(), [&](char byte) { return id_of(byte) < 0; })) {
        return false;
    }
    std::transform(text.begin(), text.end(), std::back_inserter(ids), id_of);
    return true;
}

} // namespace lora
