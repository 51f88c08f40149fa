#pragma once
// tokenizer.json as the `tokenizers` package writes it: what normalizes, splits, merges and decodes.

#include "engine/text/pipeline_json.h"
#include "engine/text/tokenizer_parts.h"

#include <string>

namespace lora {

/// The ends (eos, bos) and the chat template are not in this file: those parts stay empty.
struct JsonTokenizer {
    TokenizerParts parts;
    FrameTokens frame; ///< what the post-processor puts around a text
};

/// Throws Error that names the field: what is not known, ids that are out of range or come twice, merges of
/// tokens that are not there, a pattern that PCRE2 refuses.
JsonTokenizer tokenizer_from_json(const std::string& path);

} // namespace lora
