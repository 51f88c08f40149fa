#pragma once
// Memory in words.

#include <cstdint>
#include <string>

namespace lora {

/// "2.68 TB", in powers of 1000 from MB on, with a point in every locale.
std::string memory_words(std::int64_t bytes);

} // namespace lora
