#pragma once
// SentencePiece's way with spaces, as the pre-tokenizer Metaspace has it: a mark in the place of each.

#include "engine/text/pre_tokenizer.h"

#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// `piece` with the mark for each space, and one in front where the step asks for it and none is there.
std::string with_metaspaces(const MetaspaceSplit& split, std::string_view piece, bool at_start);

/// Pieces that each begin with `mark`, but for the first.
std::vector<TextRange> ranges_at_marks(std::string_view text, std::string_view mark);

} // namespace lora
