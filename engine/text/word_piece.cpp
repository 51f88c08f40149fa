#include "engine/text/word_piece.h"

#include "engine/text/unicode.h"

#include <algorithm>
#include <utility>

namespace lora {

namespace {

// The bounds of the word's characters, from 0 to its size.
std::vector<std::size_t> bounds_of(std::string_view word) {
    std::vector<std::size_t> bounds{0};
    while (bounds.back() < word.size()) {
        bounds.push_back(bounds.back() + code_point_at(word, bounds.back()).size_bytes);
    }
    return bounds;
}

} // namespace

WordPiece::WordPiece(TokenTable vocabulary, WordPieceOptions options)
    : vocabulary_(std::move(vocabulary)), options_(std::move(options)) {
    for (TokenId id = 0; id < vocabulary_.size(); ++id) {
        longest_bytes_ = std::max(longest_bytes_, vocabulary_.text(id).size());
    }
}

void WordPiece::encode(std::string_view word, std::vector<TokenId>& ids) const {
    const std::vector<std::size_t> bounds = bounds_of(word);
    const std::size_t before = ids.size();
    const std::size_t characters = bounds.size() - 1;
    bool known = characters <= options_.most_characters;
    std::string candidate;
    for (std::size_t begin = 0; known && begin < characters;) {
        const std::string_view prefix = begin > 0 ? std::string_view(options_.prefix) : "";
        known = false;
        for (std::size_t end = characters; !known && end > begin; --end) {
            const std::size_t size = bounds[end] - bounds[begin];
            if (prefix.size() + size > longest_bytes_) {
                continue;
            }
            candidate.assign(prefix).append(word.substr(bounds[begin], size));
            if (const auto id = vocabulary_.find(candidate)) {
                ids.push_back(*id);
                known = true;
                begin = end;
            }
        }
    }
    if (!known) {
        ids.resize(before);
        ids.push_back(options_.unknown);
    }
}

} // namespace lora
