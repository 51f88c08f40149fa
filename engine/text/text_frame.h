#pragma once
// The special tokens that stand around a text, or around a pair of texts, once it is encoded.

#include "engine/files/json.h"
#include "engine/text/pipeline_json.h"
#include "engine/text/tokenizer_parts.h"

namespace lora {

/// What is put around a text: what tokenizer_config.json asks for, else what tokenizer.json's post-processor
/// does, which is `frame`. Gives parts.bos too where it is none yet and a text begins with one.
void set_frame(TokenizerParts& parts, const JsonFields& config, const FrameTokens& frame);

} // namespace lora
