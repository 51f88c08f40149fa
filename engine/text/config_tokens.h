#pragma once
// Tokens that tokenizer_config.json adds to those of tokenizer.json or tokenizer.model, as transformers reads
// it: `added_tokens_decoder`, then the special tokens by their names.

#include "engine/files/json.h"
#include "engine/text/added_tokens.h"
#include "engine/text/sentence_piece_model.h"
#include "engine/text/tokenizer_parts.h"

namespace lora {

/// One token as files write it: `content` and its flags. `id` stays 0.
AddedToken added_token_from_json(const JsonFields& fields);

/// Adds to parts.added. A token that is nowhere yet gets the next free id; the flags of one that is are taken
/// from here. `raw`: all are looked for in the text as it is. Throws Error for a new token of
/// added_tokens_decoder whose id is not the next one.
void add_config_tokens(TokenizerParts& parts, const JsonFields& config, bool raw);

/// The pieces' texts that added_tokens_decoder replaces. Throws Error for an entry that is no token.
void rename_pieces(SentencePieceModel& model, const JsonFields& config);

} // namespace lora
