#pragma once
// Numbers in the sentences that are made of measures.

#include <string>

namespace lora {

/// As printf's `format`, which takes one double, writes it; at most 31 characters.
std::string number_words(const char* format, double value);

} // namespace lora
