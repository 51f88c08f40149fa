#pragma once
// The pre-tokenizer's steps that look at one character after the other: digits, white space, words,
// punctuation, lengths, and the splits that are known by name. Templates, so that what follows a step is
// called without a detour for every piece.
//
// Each calls next(part, at_start) for the parts of `piece` in order, which are views into it; `at_start`: the
// piece's begin is the begin of what is encoded.

#include "engine/text/pre_tokenizer.h"
#include "engine/text/splits.h"
#include "engine/text/unicode.h"

#include <cstddef>
#include <string_view>

namespace lora {

template <typename Next>
void split_piece(KnownSplit split, std::string_view piece, bool at_start, const Next& next) {
    for (std::size_t begin = 0; begin < piece.size();) {
        const std::size_t end = piece_end(split, piece, begin);
        next(piece.substr(begin, end - begin), at_start && begin == 0);
        begin = end;
    }
}

template <typename Next>
void split_piece(const DigitSplit& split, std::string_view piece, bool at_start, const Next& next) {
    const auto is_number = [&](const CodePoint& unit) { return char_class(unit.value) == CharClass::Number; };
    std::size_t begin = 0;
    const auto give = [&](std::size_t end) {
        if (end > begin) {
            next(piece.substr(begin, end - begin), at_start && begin == 0);
        }
        begin = end;
    };
    bool in_number = false;
    for (std::size_t at = 0; at < piece.size();) {
        const CodePoint unit = code_point_at(piece, at);
        const bool number = is_number(unit);
        if (number != in_number || (number && split.individual)) {
            give(at);
        }
        in_number = number;
        at += unit.size_bytes;
    }
    give(piece.size());
}

/// What a character is to a split.
enum class Place { Gone, Run, OtherRun, Alone };

/// Pieces of neighbours that have the same place; what is Gone is left out, what is Alone is never joined.
template <typename PlaceOf, typename Next>
void split_by_place(std::string_view piece, bool at_start, const PlaceOf& place_of, const Next& next) {
    std::size_t begin = 0;
    Place before = Place::Gone;
    const auto give = [&](std::size_t end) {
        if (before != Place::Gone && end > begin) {
            next(piece.substr(begin, end - begin), at_start && begin == 0);
        }
        begin = end;
    };
    for (std::size_t at = 0; at < piece.size();) {
        const CodePoint unit = code_point_at(piece, at);
        const Place place = place_of(unit.value);
        if (place != before || place == Place::Alone) {
            give(at);
        }
        before = place;
        at += unit.size_bytes;
    }
    give(piece.size());
}

inline bool is_space(char32_t value) { return char_class(value) == CharClass::Space; }

template <typename Next>
void split_piece(const BertSplit&, std::string_view piece, bool at_start, const Next& next) {
    const auto place_of = [](char32_t value) {
        return is_space(value) ? Place::Gone : is_punctuation(value) ? Place::Alone : Place::Run;
    };
    split_by_place(piece, at_start, place_of, next);
}

template <typename Next>
void split_piece(const SpaceSplit&, std::string_view piece, bool at_start, const Next& next) {
    split_by_place(
        piece, at_start, [](char32_t value) { return is_space(value) ? Place::Gone : Place::Run; }, next);
}

template <typename Next>
void split_piece(const WordSplit&, std::string_view piece, bool at_start, const Next& next) {
    const auto place_of = [](char32_t value) {
        return is_space(value) ? Place::Gone : is_word(value) ? Place::Run : Place::OtherRun;
    };
    split_by_place(piece, at_start, place_of, next);
}

template <typename Next>
void split_piece(const LengthSplit& split, std::string_view piece, bool at_start, const Next& next) {
    for (std::size_t begin = 0; begin < piece.size();) {
        std::size_t end = begin;
        for (std::size_t count = 0; count < split.characters && end < piece.size(); ++count) {
            end += code_point_at(piece, end).size_bytes;
        }
        next(piece.substr(begin, end - begin), at_start && begin == 0);
        begin = end;
    }
}

} // namespace lora
