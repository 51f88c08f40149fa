#pragma once
// The way back from the vocabulary inside a GGUF file to the files of a Hugging Face folder.

#include "engine/files/gguf.h"
#include "engine/files/json.h"

#include <optional>

namespace lora {

struct TokenizerFiles {
    Json tokenizer; ///< tokenizer.json
    Json config;    ///< tokenizer_config.json
};

/// For byte-level BPE whose pre-tokenizer is one that Hugging Face's format has a word for; none for others
/// (SentencePiece's, and files that name no pre-tokenizer). Throws Error where Tokenizer::from_gguf does.
std::optional<TokenizerFiles> tokenizer_files_of(const GgufFile& file);

} // namespace lora
