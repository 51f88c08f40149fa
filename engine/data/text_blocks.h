#pragma once
// Places where a long text can be cut so that its parts' tokens are the whole text's.

#include "engine/text/tokenizer.h"

#include <cstddef>
#include <string_view>

namespace lora {

constexpr std::size_t text_block_bytes = 256 << 10;

/// Where a block that begins at `begin` ends: the first place behind `size_bytes` where a line or a word
/// begins and the tokenizer parts the text by itself, so that the ids of the block, and of what follows as
/// encode_further() gives them, are those of both together. That is tried on the letters around the place.
/// The text's end where no such place is near.
std::size_t block_end(std::string_view text, std::size_t begin, const Tokenizer& tokenizer,
    std::size_t size_bytes = text_block_bytes);

} // namespace lora
