#pragma once
// A tokenizer out of SentencePiece's model: the ids that SentencePiece itself gives for the text between
// added tokens. Control symbols written in a text are added tokens, as in transformers.

#include "engine/text/sentence_piece_model.h"
#include "engine/text/tokenizer_parts.h"

#include <string>

namespace lora {

/// `only_at_start`: the space that the model adds stands in front of the whole text, and not of every part
/// between added tokens too. Ends and chat template stay empty. `where` names the file. Throws Error for a
/// table of replacements that is broken.
TokenizerParts sentence_piece_tokenizer(
    const SentencePieceModel& model, bool only_at_start, const std::string& where);

} // namespace lora
