#include "engine/text/bpe.h"

#include "engine/text/byte_level.h"
#include "engine/text/byte_token.h"
#include "engine/text/unicode.h"

#include <algorithm>
#include <string>
#include <utility>

namespace lora {

namespace {

/// For a heap with the first to merge on top.
bool merges_later(const BpeScratch::Candidate& a, const BpeScratch::Candidate& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.at > b.at;
}

constexpr TokenId gone = -1;

} // namespace

Bpe::Bpe(TokenTable vocabulary, PairMap merges, BpeOptions options)
    : vocabulary_(std::move(vocabulary)), merges_(std::move(merges)), options_(options) {
    for (std::size_t byte = 0; byte < byte_ids_.size(); ++byte) {
        const auto value = static_cast<std::uint8_t>(byte);
        const std::string token =
            options_.byte_level ? std::string(byte_level_char(value)) : byte_token(value);
        byte_ids_[byte] = vocabulary_.find(token).value_or(-1);
    }
}

void Bpe::encode(std::string_view piece, std::vector<TokenId>& ids, BpeScratch& scratch) const {
    if (options_.ignore_merges) {
        const auto whole = vocabulary_.find(options_.byte_level ? to_byte_level(piece) : std::string(piece));
        if (whole) {
            ids.push_back(*whole);
            return;
        }
    }
    split_into_symbols(piece, scratch);
    merge(scratch);
    for (const BpeScratch::Symbol& symbol : scratch.symbols) {
        if (symbol.id != gone) {
            ids.push_back(symbol.id);
        }
    }
}

void Bpe::split_into_symbols(std::string_view piece, BpeScratch& scratch) const {
    scratch.symbols.clear();
    if (options_.byte_level) {
        add_bytes(piece, scratch);
    } else {
        add_characters(piece, scratch);
    }
    const auto count = static_cast<std::int64_t>(scratch.symbols.size());
    for (std::int64_t i = 0; i < count; ++i) {
        BpeScratch::Symbol& symbol = scratch.symbols[static_cast<std::size_t>(i)];
        symbol.previous = i - 1;
        symbol.next = i + 1 < count ? i + 1 : -1;
    }
}

void Bpe::add_bytes(std::string_view piece, BpeScratch& scratch) const {
    bool after_unknown = false;
    for (const char byte : piece) {
        const TokenId id = byte_ids_[static_cast<std::uint8_t>(byte)];
        if (id >= 0) {
            scratch.symbols.push_back({id});
        } else if (options_.unknown && !(options_.fuse_unknown && after_unknown)) {
            scratch.symbols.push_back({*options_.unknown});
        }
        after_unknown = id < 0;
    }
}

void Bpe::add_characters(std::string_view piece, BpeScratch& scratch) const {
    bool after_unknown = false;
    for (std::size_t at = 0; at < piece.size();) {
        const std::size_t size = code_point_at(piece, at).size_bytes;
        const std::string_view character = piece.substr(at, size);
        at += size;
        const auto id = vocabulary_.find(character);
        const bool known = id || (options_.byte_fallback && add_fallback(character, scratch));
        if (id) {
            scratch.symbols.push_back({*id});
        } else if (!known && options_.unknown && !(options_.fuse_unknown && after_unknown)) {
            scratch.symbols.push_back({*options_.unknown});
        }
        after_unknown = !known;
    }
}

/// The character as tokens of its bytes; false, and nothing is added, if one of them has no token.
bool Bpe::add_fallback(std::string_view character, BpeScratch& scratch) const {
    const auto id_of = [&](char byte) { return byte_ids_[static_cast<std::uint8_t>(byte)]; };
    if (std::any_of(character.begin(), character.end(), [&](char byte) { return id_of(byte) < 0; })) {
        return false;
    }
    for (const char byte : character) {
        scratch.symbols.push_back({id_of(byte)});
    }
    return true;
}

void Bpe::consider(std::int64_t at, BpeScratch& scratch) const {
    if (at < 0) {
        return;
    }
    const BpeScratch::Symbol& left = scratch.symbols[static_cast<std::size_t>(at)];
    if (left.next < 0) {
        return;
    }
    const BpeScratch::Symbol& right = scratch.symbols[static_cast<std::size_t>(left.next)];
    if (const Merge* merge = merges_.find(left.id, right.id)) {
        scratch.heap.push_back({merge->rank, merge->merged, at});
        std::push_heap(scratch.heap.begin(), scratch.heap.end(), merges_later);
    }
}

void Bpe::merge(BpeScratch& scratch) const {
    auto& symbols = scratch.symbols;
    auto& heap = scratch.heap;
    heap.clear();
    for (std::size_t at = 0; at + 1 < symbols.size(); ++at) {
        if (const Merge* merge = merges_.find(symbols[at].id, symbols[at + 1].id)) {
            heap.push_back({merge->rank, merge->merged, static_cast<std::int64_t>(at)});
        }
    }
    std::make_heap(heap.begin(), heap.end(), merges_later);
    while (!heap.empty()) {
        const BpeScratch::Candidate candidate = heap.front();
        std::pop_heap(heap.begin(), heap.end(), merges_later);
        heap.pop_back();
        BpeScratch::Symbol& left = symbols[static_cast<std::size_t>(candidate.at)];
        if (left.id == gone || left.next < 0) {
            continue;
        }
        BpeScratch::Symbol& right = symbols[static_cast<std::size_t>(left.next)];
        const Merge* merge = merges_.find(left.id, right.id);
        if (merge == nullptr || merge->merged != candidate.merged) {
            continue; // one of the two has merged since
        }
        left.id = candidate.merged;
        right.id = gone;
        left.next = right.next;
        if (left.next >= 0) {
            symbols[static_cast<std::size_t>(left.next)].previous = candidate.at;
        }
        consider(left.previous, scratch);
        consider(candidate.at, scratch);
    }
}

} // namespace lora
