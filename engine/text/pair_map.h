#pragma once
// Merges: a pair of ids → its rank and the merged id, in one flat table, since it is asked for every pair of
// a text.

#include "engine/text/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lora {

/// What a pair becomes; the lower rank merges first.
struct Merge {
    std::uint32_t rank = 0;
    TokenId merged = 0;
};

struct MergingPair {
    TokenId left = 0;
    TokenId right = 0;
    Merge merge;
};

class PairMap {
public:
    PairMap() = default;
    /// For `count` pairs at most.
    explicit PairMap(std::size_t count);

    /// A pair set before takes the new merge, as in `tokenizers`.
    void set(TokenId left, TokenId right, Merge merge);
    /// nullptr if the pair does not merge.
    const Merge* find(TokenId left, TokenId right) const;
    /// All of them, the lowest rank first.
    std::vector<MergingPair> by_rank() const;

private:
    struct Slot {
        std::uint64_t pair = empty;
        Merge merge;
    };
    static constexpr std::uint64_t empty = ~std::uint64_t{0};

    std::size_t slot_of(std::uint64_t pair) const;

    std::vector<Slot> slots_;
    std::uint64_t mask_ = 0;
};

} // namespace lora
