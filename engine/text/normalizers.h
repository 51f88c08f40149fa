#pragma once
// What a tokenizer changes in a text before it splits it: normal forms, prefixes, replacements, case, spaces.
// Source: the behaviours of `tokenizers`' normalizers of the same names.

#include "engine/text/chars_map.h"
#include "engine/text/replace.h"
#include "engine/text/sentence_piece_text.h"
#include "engine/text/unicode_form.h"

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lora {

/// Text in front of every text that is not empty.
struct Prepend {
    std::string text;
};

/// Lower case letter by letter, with no regard to place or language.
struct Lowercase {};

/// White space at the ends.
struct Strip {
    bool left = true;
    bool right = true;
};

/// Control characters and what is not text go, white space becomes a plain space.
struct CleanText {};

/// A space on both sides of every Chinese character.
struct SpacedIdeographs {};

/// Nonspacing marks go: after Nfd, the accents.
struct WithoutAccents {};

/// Marks of all kinds go.
struct WithoutMarks {};

/// Some control characters go, some spaces and invisible characters become a plain space.
struct NmtSpaces {};

/// SentencePiece's table of replacements, grapheme by grapheme.
struct Precompiled {
    std::shared_ptr<const CharsMap> map;
};

/// Every byte becomes its character of the byte-level alphabet.
struct ByteLevelText {};

using NormalizerStep = std::variant<UnicodeForm, Prepend, Replace, Lowercase, Strip, CleanText,
    SpacedIdeographs, WithoutAccents, WithoutMarks, NmtSpaces, Precompiled, ByteLevelText, SentencePieceText>;

class Normalizer {
public:
    Normalizer() = default;
    explicit Normalizer(std::vector<NormalizerStep> steps);

    bool is_identity() const { return steps_.empty(); }
    /// All steps in order. `at_start`: the text's begin is the begin of what is encoded. Throws Error when a
    /// pattern or the text's growth passes its limits.
    std::string normalized(std::string_view text, bool at_start = true) const;

private:
    std::vector<NormalizerStep> steps_;
};

} // namespace lora
