#pragma once
// The most probable way to write a text as tokens that each have a score: Viterbi over the tokens that begin
// at each character. Linear in the text but for the length of tokens. Source: Kudo 2018, section 3.2.

#include "engine/text/byte_trie.h"
#include "engine/text/scored_token.h"
#include "engine/text/token_table.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// The two implementations sum in other types, so that near a tie they choose other tokens.
enum class UnigramSums {
    Double, ///< as `tokenizers`
    Single, ///< as SentencePiece
};

struct UnigramOptions {
    std::optional<TokenId> unknown; ///< of a character that no token begins with
    bool byte_fallback = false;     ///< an unknown character becomes its bytes' tokens `<0x..>`
    UnigramSums sums = UnigramSums::Double;
};

/// Room that encode() uses again from piece to piece; one for each thread.
struct UnigramScratch {
    struct Best {
        double score = 0;
        std::size_t begin = 0;
        TokenId id = -1; // of a place that no token ends at
    };
    struct Piece {
        std::size_t begin = 0;
        std::size_t end = 0;
        TokenId id = 0;
    };
    std::vector<Best> ends; // by the byte behind the token
    std::vector<Piece> pieces;
};

class Unigram {
public:
    Unigram() = default;
    /// `tokens` has an entry for each id of the vocabulary. `where` names the file.
    Unigram(TokenTable vocabulary, std::vector<ScoredToken> tokens, UnigramOptions options,
        const std::string& where);

    const TokenTable& vocabulary() const { return vocabulary_; }
    /// Appends the ids of `piece`. Neighbouring unknown characters become one unknown token. Throws Error for
    /// an unknown character where there is no unknown token.
    void encode(std::string_view piece, std::vector<TokenId>& ids, UnigramScratch& scratch) const;

private:
    double score_of(TokenId id, std::size_t bytes) const;
    double rounded(double sum) const;
    void find_best(std::string_view piece, UnigramScratch& scratch) const;
    void add_unknown(std::string_view text, std::vector<TokenId>& ids) const;
    bool add_bytes(std::string_view text, std::vector<TokenId>& ids) const;

    TokenTable vocabulary_;
    ByteTrie trie_; // over texts of vocabulary_, which do not move
    std::vector<ScoredToken> tokens_;
    UnigramOptions options_;
    std::string where_;
    std::array<TokenId, 256> byte_ids_{}; // -1 for a byte without a token
    double lowest_ = 0;
    double highest_ = 0;
};

} // namespace lora
