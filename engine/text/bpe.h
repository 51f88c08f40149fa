#pragma once
// Byte-pair encoding of one piece: the pair with the lowest rank merges first, the leftmost of equals.
// O(n log n) for a piece of n bytes, by a heap over a linked list. Source: Sennrich et al. 2016, section 3.2.

#include "engine/text/pair_map.h"
#include "engine/text/token_table.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lora {

struct BpeOptions {
    bool byte_level = false;    ///< the vocabulary is written in the byte-level alphabet
    bool byte_fallback = false; ///< an unknown character becomes its bytes' tokens `<0x..>`
    bool fuse_unknown = false;  ///< neighbouring unknown characters become one unknown token
    bool ignore_merges = false; ///< a piece that is a token stays whole
    std::optional<TokenId> unknown;
};

/// Room that encode() uses again from piece to piece; one for each thread.
struct BpeScratch {
    struct Symbol {
        TokenId id = 0;
        std::int64_t previous = -1;
        std::int64_t next = -1;
    };
    struct Candidate {
        std::uint32_t rank = 0;
        TokenId merged = 0;
        std::int64_t at = 0;
    };
    std::vector<Symbol> symbols;
    std::vector<Candidate> heap;
};

class Bpe {
public:
    Bpe() = default;
    Bpe(TokenTable vocabulary, PairMap merges, BpeOptions options);

    const TokenTable& vocabulary() const { return vocabulary_; }
    /// Appends the ids of `piece`. A character without any token is left out where there is no unknown token.
    void encode(std::string_view piece, std::vector<TokenId>& ids, BpeScratch& scratch) const;

private:
    void split_into_symbols(std::string_view piece, BpeScratch& scratch) const;
    void add_bytes(std::string_view piece, BpeScratch& scratch) const;
    void add_characters(std::string_view piece, BpeScratch& scratch) const;
    bool add_fallback(std::string_view character, BpeScratch& scratch) const;
    void merge(BpeScratch& scratch) const;
    void consider(std::int64_t at, BpeScratch& scratch) const;

    TokenTable vocabulary_;
    PairMap merges_;
    BpeOptions options_;
    std::array<TokenId, 256> byte_ids_{}; // -1 for a byte without a token
};

} // namespace lora
