#pragma once
// Pieces that one call of encode() has met before, with their ids: most words of a text come again.

#include "engine/text/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// Keeps its own copy of the pieces. Bounded: what does not fit is not kept.
class PieceCache {
public:
    /// The ids of `piece` if it was kept. The span lives until the next keep().
    std::optional<std::span<const TokenId>> find(std::string_view piece) const;
    /// `piece` must not be kept yet.
    void keep(std::string_view piece, std::span<const TokenId> ids);

private:
    struct Entry {
        std::uint64_t hash = 0;
        std::uint32_t text_at = 0;
        std::uint32_t text_size = 0; // 0 for a free slot
        std::uint32_t ids_at = 0;
        std::uint32_t ids_size = 0;
    };
    std::size_t slot_of(std::string_view piece, std::uint64_t hash) const;
    void grow();

    std::vector<Entry> entries_;
    std::size_t used_ = 0;
    std::string texts_;
    std::vector<TokenId> ids_;
};

} // namespace lora
