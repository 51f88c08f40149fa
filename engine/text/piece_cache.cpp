#include "engine/text/piece_cache.h"

#include <functional>
#include <utility>

namespace lora {

namespace {

constexpr std::size_t longest_piece_bytes = 64;
constexpr std::size_t most_pieces = 1 << 18;
constexpr std::size_t first_slots = 256;

} // namespace

std::size_t PieceCache::slot_of(std::string_view piece, std::uint64_t hash) const {
    const std::size_t mask = entries_.size() - 1;
    std::size_t at = hash & mask;
    while (entries_[at].text_size != 0) {
        const Entry& entry = entries_[at];
        if (entry.hash == hash && std::string_view(texts_).substr(entry.text_at, entry.text_size) == piece) {
            break;
        }
        at = (at + 1) & mask;
    }
    return at;
}

std::optional<std::span<const TokenId>> PieceCache::find(std::string_view piece) const {
    if (entries_.empty() || piece.size() > longest_piece_bytes) {
        return std::nullopt;
    }
    const Entry& entry = entries_[slot_of(piece, std::hash<std::string_view>{}(piece))];
    if (entry.text_size == 0) {
        return std::nullopt;
    }
    return std::span(ids_).subspan(entry.ids_at, entry.ids_size);
}

void PieceCache::keep(std::string_view piece, std::span<const TokenId> ids) {
    if (piece.empty() || piece.size() > longest_piece_bytes || used_ == most_pieces) {
        return;
    }
    if (used_ * 2 >= entries_.size()) {
        grow();
    }
    const std::uint64_t hash = std::hash<std::string_view>{}(piece);
    entries_[slot_of(piece, hash)] = {hash, static_cast<std::uint32_t>(texts_.size()),
        static_cast<std::uint32_t>(piece.size()), static_cast<std::uint32_t>(ids_.size()),
        static_cast<std::uint32_t>(ids.size())};
    texts_ += piece;
    ids_.insert(ids_.end(), ids.begin(), ids.end());
    ++used_;
}

void PieceCache::grow() {
    std::vector<Entry> old(entries_.empty() ? first_slots : entries_.size() * 2);
    std::swap(old, entries_);
    for (const Entry& entry : old) {
        if (entry.text_size != 0) {
            entries_[slot_of(std::string_view(texts_).substr(entry.text_at, entry.text_size), entry.hash)] =
                entry;
        }
    }
}

} // namespace lora
