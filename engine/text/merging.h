#pragma once
// The merging of a piece's symbols: of all neighbours that merge, the pair with the lowest rank first, the
// leftmost of equals. O(n log n) for n symbols, by a heap over a linked list.

#include "engine/text/pair_map.h"

#include <cstdint>
#include <vector>

namespace lora {

/// Room that is used again from piece to piece; one for each thread.
struct BpeScratch {
    static constexpr TokenId gone = -1; ///< the id of a symbol that has become part of the one before it

    struct Symbol {
        TokenId id = 0; ///< below `gone`: a symbol that never merges
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

/// Makes a list of scratch.symbols, in their order, and merges until no two neighbours are a pair of
/// `merges`.
void merge_symbols(const PairMap& merges, BpeScratch& scratch);

} // namespace lora
