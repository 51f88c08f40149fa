#include "engine/text/bpe.h"

#include "engine/text/byte_level.h"
#include "engine/text/byte_token.h"
#include "engine/text/unicode.h"

#include <algorithm>
#include <string>
#include <utility>

namespace lora {

Bpe::Bpe(TokenTable vocabulary, PairMap merges, BpeOptions options)
    : vocabulary_(std::move(vocabulary)), merges_(std::move(merges)), options_(std::move(options)) {
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
    merge_symbols(merges_, scratch);
    for (const BpeScratch::Symbol& symbol : scratch.symbols) {
        if (symbol.id != BpeScratch::gone) {
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
    const bool plain = options_.prefix.empty() && options_.suffix.empty();
    bool after_unknown = false;
    std::string affixed;
    for (std::size_t at = 0; at < piece.size();) {
        const std::size_t size = code_point_at(piece, at).size_bytes;
        std::string_view character = piece.substr(at, size);
        if (!plain) {
            affixed = at > 0 ? options_.prefix : "";
            affixed.append(character).append(at + size == piece.size() ? options_.suffix : "");
            character = affixed;
        }
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

} // namespace lora
