#pragma once
// The way from a tokenizer to the vocabulary inside a GGUF file: what Tokenizer::from_gguf reads.

#include "engine/files/gguf_write.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// The keys tokenizer.ggml.* and the chat templates, for a model of `vocab_size` tokens; ids that the
/// tokenizer does not use get a name of their own. Byte-level BPE becomes `gpt2`, BPE of characters with
/// SentencePiece's marks and byte tokens `llama`. What the file cannot say goes into `notes`. Throws Error
/// for a tokenizer of another kind, one that splits text as none does that GGUF has a name for, and one
/// larger than the model. `where` names it in messages.
GgufFields gguf_tokenizer_fields(const Tokenizer& tokenizer, std::int64_t vocab_size,
    const std::string& where, std::vector<std::string>& notes);

/// Throws Error where the two make other tokens of a text with letters, digits, signs and spaces of many
/// kinds.
void need_same_tokens(const Tokenizer& written, const Tokenizer& original, const std::string& where);

} // namespace lora
