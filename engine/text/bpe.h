#pragma once
// Byte-pair encoding of one piece: the pair with the lowest rank merges first, the leftmost of equals.
// Source: Sennrich et al. 2016, section 3.2.

#include "engine/text/merging.h"
#include "engine/text/pair_map.h"
#include "engine/text/token_table.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

struct BpeOptions {
    bool byte_level = false;    ///< the vocabulary is written in the byte-level alphabet
    bool byte_fallback = false; ///< an unknown character becomes its bytes' tokens `<0x..>`
    bool fuse_unknown = false;  ///< neighbouring unknown characters become one unknown token
    bool ignore_merges = false; ///< a piece that is a token stays whole
    std::optional<TokenId> unknown;
    std::string prefix; ///< of the tokens of all characters but a piece's first; not for byte_level
    std::string suffix; ///< of the token of a piece's last character; not for byte_level
};

class Bpe {
public:
    Bpe() = default;
    Bpe(TokenTable vocabulary, PairMap merges, BpeOptions options);

    const TokenTable& vocabulary() const { return vocabulary_; }
    const BpeOptions& options() const { return options_; }
    const PairMap& merges() const { return merges_; }
    /// Whether a character's symbol is the same wherever it stands, and nothing is looked up whole.
    bool is_plain() const {
        return !options_.ignore_merges && options_.prefix.empty() && options_.suffix.empty();
    }
    /// Appends the ids of `piece`. A character without any token is left out where there is no unknown token.
    void encode(std::string_view piece, std::vector<TokenId>& ids, BpeScratch& scratch) const;

private:
    void split_into_symbols(std::string_view piece, BpeScratch& scratch) const;
    void add_bytes(std::string_view piece, BpeScratch& scratch) const;
    void add_characters(std::string_view piece, BpeScratch& scratch) const;
    bool add_fallback(std::string_view character, BpeScratch& scratch) const;

    TokenTable vocabulary_;
    PairMap merges_;
    BpeOptions options_;
    std::array<TokenId, 256> byte_ids_{}; // -1 for a byte without a token
};

} // namespace lora
