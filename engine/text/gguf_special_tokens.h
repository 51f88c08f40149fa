#pragma once
// The special tokens of a GGUF file's vocabulary: which ids begin and end a text, a turn or a message, and
// which stand for what is unknown, masked or padded.

#include "engine/files/gguf_write.h"
#include "engine/text/tokenizer.h"

#include <string>
#include <vector>

namespace lora {

/// The keys tokenizer.ggml.*_token_id that `fields` does not have yet, and whether a text begins and ends
/// with its tokens. An end that GGUF has no key for goes into `notes`.
void add_gguf_special_tokens(GgufFields& fields, const Tokenizer& tokenizer, std::vector<std::string>& notes);

} // namespace lora
