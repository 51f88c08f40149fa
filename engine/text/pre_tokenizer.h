#pragma once
// Text → the pieces that are tokenized apart: a chain of steps, each splitting what the one before left
// whole. Source: the behaviours of `tokenizers`' pre-tokenizers of the same names.

#include "engine/text/pattern.h"
#include "engine/text/places.h"
#include "engine/text/splits.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lora {

/// What becomes of a match.
enum class SplitBehaviour { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };

struct DigitSplit {
    bool individual = false; ///< every digit alone, or whole numbers
};

/// Splits at the matches of an expression, or, with `invert`, at what lies between them.
struct PatternSplit {
    Pattern pattern;
    SplitBehaviour behaviour = SplitBehaviour::Isolated;
    bool invert = false;
};

/// A space in front of every piece that has none.
struct SpacePrefix {};

/// Spaces become `replacement`, one stands in front, and every one begins a piece.
struct MetaspaceSplit {
    enum class Prefix { Always, First, Never };
    std::string replacement = "\xE2\x96\x81";
    Prefix prefix = Prefix::Always;
    bool split = true;
};

/// White space goes, every punctuation sign stands alone.
struct BertSplit {};

/// White space goes.
struct SpaceSplit {};

/// White space goes, words (\w) and what is neither stand apart.
struct WordSplit {};

/// Splits at every punctuation sign.
struct PunctuationSplit {
    SplitBehaviour behaviour = SplitBehaviour::Isolated;
};

/// Pieces of so many characters, the last one with what is left.
struct LengthSplit {
    std::size_t characters = 1;
};

/// Every byte becomes its character of the byte-level alphabet, for steps that look at those.
struct ByteLevelStep {};

/// Splits before every space_mark that stands behind another character.
struct MarkSplit {};

using SplitStep = std::variant<KnownSplit, DigitSplit, PatternSplit, SpacePrefix, MetaspaceSplit, BertSplit,
    SpaceSplit, WordSplit, PunctuationSplit, LengthSplit, ByteLevelStep, MarkSplit>;

class PreTokenizer {
public:
    PreTokenizer() = default;
    explicit PreTokenizer(std::vector<SplitStep> steps);

    using Sink = std::function<void(std::string_view, const Places&)>;
    /// Calls `sink` for every piece in order; the view lives for that call only. `at_start`: the text's begin
    /// is the begin of what is encoded. `places`: those of the text, where they are wanted. Throws Error when
    /// a pattern or the text's growth passes its limits.
    void split(std::string_view text, bool at_start, const Sink& sink, const Places& places = {}) const;

private:
    /// `left`: the bytes that pieces of all steps may still have, since steps can add to each of them.
    void run(std::size_t step, std::string_view piece, const Places& places, bool at_start, const Sink& sink,
        std::size_t& left) const;

    std::vector<SplitStep> steps_;
};

} // namespace lora
