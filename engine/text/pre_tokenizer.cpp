#include "engine/text/pre_tokenizer.h"

#include "engine/error.h"
#include "engine/text/byte_level.h"
#include "engine/text/metaspace.h"
#include "engine/text/pattern_ranges.h"
#include "engine/text/sentence_piece_text.h"
#include "engine/text/step_limits.h"
#include "engine/text/unicode.h"

#include <cstddef>
#include <utility>

namespace lora {

namespace {

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

bool is_space(char32_t value) { return char_class(value) == CharClass::Space; }

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

template <typename Next>
void split_piece(const ByteLevelStep&, std::string_view piece, bool at_start, const Next& next) {
    next(to_byte_level(piece), at_start);
}

template <typename Next>
void split_piece(const MarkSplit&, std::string_view piece, bool at_start, const Next& next) {
    std::size_t begin = 0;
    for (std::size_t mark = piece.find(space_mark); mark != std::string_view::npos;
         mark = piece.find(space_mark, mark)) {
        if (mark > begin) {
            next(piece.substr(begin, mark - begin), at_start && begin == 0);
            begin = mark;
        }
        while (piece.substr(mark).starts_with(space_mark)) {
            mark += space_mark.size();
        }
    }
    next(piece.substr(begin), at_start && begin == 0);
}

template <typename Next>
void split_at(const std::vector<TextRange>& ranges, std::string_view piece, bool at_start, const Next& next) {
    for (const TextRange& range : ranges) {
        next(piece.substr(range.begin, range.end - range.begin), at_start && range.begin == 0);
    }
}

template <typename Next>
void split_piece(const PatternSplit& split, std::string_view piece, bool at_start, const Next& next) {
    split_at(split_ranges(split, piece), piece, at_start, next);
}

template <typename Next>
void split_piece(const PunctuationSplit& split, std::string_view piece, bool at_start, const Next& next) {
    split_at(split_ranges(split, piece), piece, at_start, next);
}

template <typename Next>
void split_piece(const SpacePrefix&, std::string_view piece, bool at_start, const Next& next) {
    if (piece.front() == ' ') {
        next(piece, at_start);
    } else {
        std::string prefixed(1, ' ');
        prefixed += piece;
        next(prefixed, at_start);
    }
}

template <typename Next>
void split_piece(const MetaspaceSplit& split, std::string_view piece, bool at_start, const Next& next) {
    const std::string text = with_metaspaces(split, piece, at_start);
    if (split.split) {
        split_at(ranges_at_marks(text, split.replacement), text, at_start, next);
    } else {
        next(text, at_start);
    }
}

} // namespace

PreTokenizer::PreTokenizer(std::vector<SplitStep> steps) : steps_(std::move(steps)) {}

void PreTokenizer::split(std::string_view text, bool at_start, const Sink& sink) const {
    std::size_t left = (steps_.size() + 1) * most_grown(text.size());
    run(0, text, at_start, sink, left);
}

void PreTokenizer::run(
    std::size_t step, std::string_view piece, bool at_start, const Sink& sink, std::size_t& left) const {
    if (piece.empty()) {
        return;
    }
    if (piece.size() > left)
        fail("the tokenizer's pre-tokenizer", "pieces that grow from step to step",
            "pieces of at most 16 times the text");
    left -= piece.size();
    if (step == steps_.size()) {
        sink(piece);
        return;
    }
    const auto next = [&](std::string_view part, bool part_at_start) {
        run(step + 1, part, part_at_start, sink, left);
    };
    std::visit([&](const auto& kind) { split_piece(kind, piece, at_start, next); }, steps_[step]);
}

} // namespace lora
