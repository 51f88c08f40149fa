#pragma once
// The fields of a merged GGUF file: those of a GGUF base, or those that say what a Hugging Face folder does.

#include "engine/adapters/gguf_pieces.h"
#include "engine/files/gguf.h"
#include "engine/files/gguf_blocks.h"
#include "engine/files/gguf_write.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// As they are, but for what is said anew and for how the base's own file was laid out and split.
GgufFields copied_fields(const GgufFile& base, BlockType type);

/// Of a folder: the fields, and the pieces that only GGUF has, which are put behind the others. What
/// llama.cpp does otherwise goes into the notes. Throws Error for what GGUF has no word for.
GgufFields new_fields(const Weights& base, std::vector<GgufPiece>& pieces, BlockType type,
    std::int64_t vocab_size, std::vector<std::string>& notes);

} // namespace lora
