#pragma once
// The parts of a tokenizer by the model that a GGUF file names for it: `gpt2` is byte-level BPE, `llama`
// SentencePiece's BPE, `t5` its Unigram, `bert` WordPiece. Source: how llama.cpp's converter writes each of
// them.

#include "engine/files/gguf.h"
#include "engine/text/tokenizer_parts.h"

#include <cstdint>
#include <vector>

namespace lora {

/// Normalizer, pre-tokenizer, model and decoder, what closes a text, and whether the begin token stands in
/// front where the file does not say. `types`: those of the file's tokens. Throws Error for a model that is
/// not known, and for lists that do not fit each other.
TokenizerParts gguf_model_parts(const GgufFile& file, const std::vector<std::int64_t>& types);

} // namespace lora
