#pragma once
// Where a text parts at the matches of a pattern, or at its punctuation.

#include "engine/text/pre_tokenizer.h"

#include <string_view>
#include <vector>

namespace lora {

/// The pieces in their order: matches, what lies between them, or both in one, as the step's behaviour asks.
/// Throws Error when the pattern passes its limits on this text.
std::vector<TextRange> split_ranges(const PatternSplit& split, std::string_view piece);
std::vector<TextRange> split_ranges(const PunctuationSplit& split, std::string_view piece);

} // namespace lora
