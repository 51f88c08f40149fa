#include "engine/text/sentence_piece_bpe.h"

#include "engine/error.h"
#include "engine/text/byte_token.h"
#include "engine/text/sentence_piece_pairs.h"
#include "engine/text/unicode.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <string>
#include <utility>

namespace lora {

namespace {

constexpr std::size_t most_piece_bytes = std::size_t{1} << 30; // whose places fit into a symbol

// A symbol that never merges and has no token says where its character is.
TokenId unknown_at(std::size_t at) { return static_cast<TokenId>(-2 - static_cast<std::int64_t>(at)); }
std::size_t place_of(TokenId symbol) { return static_cast<std::size_t>(-2 - std::int64_t{symbol}); }

} // namespace

SentencePieceBpe::SentencePieceBpe(
    TokenTable vocabulary, const std::vector<ScoredToken>& tokens, SentencePieceBpeOptions options)
    : vocabulary_(std::move(vocabulary)), options_(std::move(options)) {
    merges_ = sentence_piece_pairs(vocabulary_, tokens, lone_);
    for (std::size_t byte = 0; byte < byte_ids_.size(); ++byte) {
        byte_ids_[byte] = vocabulary_.find(byte_token(static_cast<std::uint8_t>(byte))).value_or(-1);
    }
    ascii_ids_.fill(-1);
    for (std::size_t byte = 0; byte < ascii_ids_.size(); ++byte) {
        const char character = static_cast<char>(byte);
        ascii_ids_[byte] = std::max(symbol_of({&character, 1}, 0), -1);
    }
}

TokenId SentencePieceBpe::symbol_of(std::string_view character, std::size_t at) const {
    const auto first = static_cast<unsigned char>(character.front());
    if (first < ascii_ids_.size() && ascii_ids_[first] >= 0) {
        return ascii_ids_[first];
    }
    if (const auto id = lone_.find(character)) {
        return vocabulary_.size() + *id;
    }
    return vocabulary_.find(character).value_or(unknown_at(at));
}

void SentencePieceBpe::split_into_symbols(std::string_view piece, BpeScratch& scratch) const {
    scratch.symbols.clear();
    for (std::size_t at = 0; at < piece.size();) {
        std::size_t size = 0;
        TokenId kept = -1;
        if (options_.kept) {
            options_.kept->prefixes(piece.substr(at), [&](TokenId id, std::size_t bytes) {
                kept = id;
                size = bytes;
            });
        }
        if (size == 0) {
            size = code_point_at(piece, at).size_bytes;
            kept = symbol_of(piece.substr(at, size), at);
        }
        scratch.symbols.push_back({kept});
        at += size;
    }
}

std::string_view SentencePieceBpe::text_of(TokenId symbol, std::string_view piece) const {
    if (symbol >= 0) {
        return lone_.text(symbol - vocabulary_.size());
    }
    const std::size_t at = place_of(symbol);
    return piece.substr(at, code_point_at(piece, at).size_bytes);
}

void SentencePieceBpe::encode(std::string_view piece, std::vector<TokenId>& ids, BpeScratch& scratch) const {
    if (piece.size() > most_piece_bytes) {
        fail("the text", std::to_string(piece.size()) + " bytes", "at most 1 GiB at once");
    }
    split_into_symbols(piece, scratch);
    merge_symbols(merges_, scratch);
    bool after_unknown = false;
    for (const BpeScratch::Symbol& symbol : scratch.symbols) {
        if (symbol.id == BpeScratch::gone) {
            continue;
        }
        bool unknown = false;
        if (symbol.id >= 0 && symbol.id < vocabulary_.size()) {
            ids.push_back(symbol.id);
        } else if (const std::string_view text = text_of(symbol.id, piece);
                   const auto id = vocabulary_.find(text)) {
            ids.push_back(*id);
        } else if (!options_.byte_fallback || !add_bytes(text, ids)) {
            unknown = true;
            if (!after_unknown) {
                ids.push_back(options_.unknown);
            }
        }
        after_unknown = unknown;
    }
}

/// False, and nothing is added, if a byte has no token.
bool SentencePieceBpe::add_bytes(std::string_view text, std::vector<TokenId>& ids) const {
    const auto id_of = [&](char byte) { return byte_ids_[static_cast<std::uint8_t>(byte)]; };
    if (std::any_of(text.begin(), text.end(), [&](char byte) { return id_of(byte) < 0; })) {
        return false;
    }
    std::transform(text.begin(), text.end(), std::back_inserter(ids), id_of);
    return true;
}

} // namespace lora
