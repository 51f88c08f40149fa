#include "engine/text/pre_tokenizer.h"

#include "engine/error.h"
#include "engine/text/byte_level.h"
#include "engine/text/character_splits.h"
#include "engine/text/metaspace.h"
#include "engine/text/pattern_ranges.h"
#include "engine/text/rewriting.h"
#include "engine/text/sentence_piece_text.h"
#include "engine/text/step_limits.h"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace lora {

namespace {

/// Takes the parts of a piece on to the step that follows.
template <typename Go>
class NextStep {
public:
    NextStep(std::string_view piece, const Places& places, const Go& go)
        : piece_(piece), places_(places), go_(go) {}

    const Places& places() const { return places_; }
    /// `part` lies in the piece.
    void operator()(std::string_view part, bool at_start) const {
        go_(part, places_.part(static_cast<std::size_t>(part.data() - piece_.data())), at_start);
    }
    /// The same for parts of what stands in the piece's stead.
    NextStep within(const Rewriting& text) const { return {text.text(), text.places(), go_}; }

private:
    std::string_view piece_;
    Places places_;
    const Go& go_;
};

template <typename Next>
void split_piece(const ByteLevelStep&, std::string_view piece, bool at_start, const Next& next) {
    Rewriting text(next.places(), 2 * piece.size());
    for (std::size_t at = 0; at < piece.size(); ++at) {
        text.add(byte_level_char(static_cast<std::uint8_t>(piece[at])), at);
    }
    next.within(text)(text.text(), at_start);
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
        Rewriting text(next.places(), piece.size() + 1);
        text.add(" ", 0);
        for (std::size_t at = 0; at < piece.size(); ++at) {
            text.add(piece.substr(at, 1), at);
        }
        next.within(text)(text.text(), at_start);
    }
}

template <typename Next>
void split_piece(const MetaspaceSplit& split, std::string_view piece, bool at_start, const Next& next) {
    const Rewriting text = with_metaspaces(split, piece, at_start, next.places());
    const auto within = next.within(text);
    if (split.split) {
        split_at(ranges_at_marks(text.text(), split.replacement), text.text(), at_start, within);
    } else {
        within(text.text(), at_start);
    }
}

} // namespace

PreTokenizer::PreTokenizer(std::vector<SplitStep> steps) : steps_(std::move(steps)) {}

void PreTokenizer::split(std::string_view text, bool at_start, const Sink& sink, const Places& places) const {
    std::size_t left = (steps_.size() + 1) * most_grown(text.size());
    run(0, text, places, at_start, sink, left);
}

void PreTokenizer::run(std::size_t step, std::string_view piece, const Places& places, bool at_start,
    const Sink& sink, std::size_t& left) const {
    if (piece.empty()) {
        return;
    }
    if (piece.size() > left)
        fail("the tokenizer's pre-tokenizer", "pieces that grow from step to step",
            "pieces of at most 16 times the text");
    left -= piece.size();
    if (step == steps_.size()) {
        sink(piece, places);
        return;
    }
    const auto go = [&](std::string_view part, const Places& part_places, bool part_at_start) {
        run(step + 1, part, part_places, part_at_start, sink, left);
    };
    const NextStep next(piece, places, go);
    std::visit([&](const auto& kind) { split_piece(kind, piece, at_start, next); }, steps_[step]);
}

} // namespace lora
