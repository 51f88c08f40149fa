#pragma once
// Where the learned answers of a chat end among its tokens: at the mark that ends a turn, or without one.

#include "engine/text/tokenizer.h"

namespace lora {

/// White space behind an end mark is written when the model has long stopped: it is no longer marked.
void leave_out_blanks(MarkedTokens& tokens, const Tokenizer& tokenizer);

/// Whether an answer is learned without its end mark, and a special token follows it.
bool leaves_out_end(const MarkedTokens& tokens, const Tokenizer& tokenizer);

} // namespace lora
