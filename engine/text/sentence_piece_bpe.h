#pragma once
// SentencePiece's BPE: two neighbours merge wherever their join is a token, the join with the highest score
// first, the leftmost of equals. Source: the behaviour of SentencePiece, which llama.cpp follows.

#include "engine/text/byte_trie.h"
#include "engine/text/merging.h"
#include "engine/text/scored_token.h"
#include "engine/text/token_table.h"

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace lora {

struct SentencePieceBpeOptions {
    TokenId unknown = 0;
    bool byte_fallback = false;           ///< an unknown character becomes its bytes' tokens `<0x..>`
    std::shared_ptr<const ByteTrie> kept; ///< symbols of the user's, which never merge; or nullptr
};

class SentencePieceBpe {
public:
    SentencePieceBpe() = default;
    /// `tokens` has an entry for each id of the vocabulary. Tokens longer than 256 bytes never come out of a
    /// merge.
    SentencePieceBpe(
        TokenTable vocabulary, const std::vector<ScoredToken>& tokens, SentencePieceBpeOptions options);

    const TokenTable& vocabulary() const { return vocabulary_; }
    /// Appends the ids of `piece`. Neighbouring unknown characters become one unknown token. Throws Error for
    /// a piece of more than 1 GiB.
    void encode(std::string_view piece, std::vector<TokenId>& ids, BpeScratch& scratch) const;

private:
    void split_into_symbols(std::string_view piece, BpeScratch& scratch) const;
    TokenId symbol_of(std::string_view character, std::size_t at) const;
    std::string_view text_of(TokenId symbol, std::string_view piece) const;
    bool add_bytes(std::string_view text, std::vector<TokenId>& ids) const;

    TokenTable vocabulary_;
    TokenTable
        lone_; // characters without a token that tokens begin or end with; ids from vocabulary_.size() on
    PairMap merges_;
    SentencePieceBpeOptions options_;
    std::array<TokenId, 256> byte_ids_{};  // -1 for a byte without a token
    std::array<TokenId, 128> ascii_ids_{}; // of one character's symbol, -1 without one
};

} // namespace lora
