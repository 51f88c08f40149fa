#pragma once
// The Unigram model of a tokenizer.json.

#include "engine/files/json.h"
#include "engine/text/unigram.h"

namespace lora {

/// From a list of tokens with their scores, where a token's place is its id. Throws Error that names the
/// field.
Unigram unigram_from_json(const JsonFields& model);

} // namespace lora
