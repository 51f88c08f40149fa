#pragma once
// What an exception says to a person at the window, ours or anybody's.

#include <QString>
#include <exception>

namespace lora {

/// An Error's own words; lack of memory and a file system's refusal, which know no such words, in some.
QString wordsOf(const std::exception& failure);

} // namespace lora
