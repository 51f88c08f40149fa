#pragma once
// How SentencePiece changes a text before it cuts it into pieces: replacements, extra spaces, the mark in
// front, and marks for spaces. Source: SentencePiece's normalizer and the fields of NormalizerSpec.

#include "engine/text/byte_trie.h"
#include "engine/text/chars_map.h"

#include <memory>
#include <string>
#include <string_view>

namespace lora {

/// U+2581, which stands for a space.
inline constexpr std::string_view space_mark = "\xE2\x96\x81";

struct SentencePieceText {
    std::shared_ptr<const CharsMap> replacements; ///< none: nullptr
    std::shared_ptr<const ByteTrie> kept; ///< symbols of the user's, that stay as they are; or nullptr
    bool removes_extra_spaces = true;
    bool marks_spaces = true;   ///< a space becomes space_mark
    bool adds_space = true;     ///< a space that was not there, in front
    bool adds_behind = false;   ///< or behind
    bool only_at_start = false; ///< that space is added where the whole text begins, else to every part
};

/// `at_start`: the text's begin is the begin of what is encoded. Throws Error when the text grows beyond
/// most_grown().
std::string normalized(std::string_view text, const SentencePieceText& how, bool at_start);

} // namespace lora
