#pragma once
// WordPiece of one word: the longest token that begins it, then the longest that goes on, and so forth.
// Source: Devlin et al. 2019, BERT; the algorithm in Song et al. 2021, section 2.

#include "engine/text/token_table.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

struct WordPieceOptions {
    TokenId unknown = 0;               ///< of a word that no sequence of tokens makes
    std::string prefix = "##";         ///< of tokens that go on inside a word
    std::size_t most_characters = 100; ///< longer words are unknown
};

class WordPiece {
public:
    WordPiece() = default;
    WordPiece(TokenTable vocabulary, WordPieceOptions options);

    const TokenTable& vocabulary() const { return vocabulary_; }
    const WordPieceOptions& options() const { return options_; }
    /// Appends the ids of `word`.
    void encode(std::string_view word, std::vector<TokenId>& ids) const;

private:
    TokenTable vocabulary_;
    WordPieceOptions options_;
    std::size_t longest_bytes_ = 0; // of a token, its prefix included
};

} // namespace lora
