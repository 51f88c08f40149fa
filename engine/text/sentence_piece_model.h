#pragma once
// SentencePiece's own file, tokenizer.model: the pieces with their scores, and how text is prepared.
// Format: sentencepiece_model.proto, message ModelProto; fields that do not bear on ids are passed over.

#include "engine/text/tokenizer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

struct SentencePiece {
    enum class Type : std::uint8_t { Normal = 1, Unknown, Control, UserDefined, Unused, Byte };
    std::string text;
    float score = 0;
    Type type = Type::Normal;
};

struct SentencePieceModel {
    enum class Kind : std::uint8_t { Unigram = 1, Bpe = 2 };

    std::vector<SentencePiece> pieces; ///< by id; every text once
    Kind kind = Kind::Unigram;
    bool byte_fallback = false;
    bool space_behind = false; ///< words end with the mark for a space, instead of beginning with it
    TokenId unknown = 0;       ///< the one piece of type Unknown
    std::optional<TokenId> begin;
    std::optional<TokenId> end;

    std::string replacements; ///< precompiled_charsmap; empty: none
    bool adds_space = true;
    bool removes_extra_spaces = true;
    bool marks_spaces = true;
};

/// `where` names the file. Throws Error for bytes that are no such message, a piece that comes twice, scores
/// that are no numbers, no unknown piece or several, and the kinds Word and Char.
SentencePieceModel sentence_piece_model(std::string_view bytes, const std::string& where);

} // namespace lora
