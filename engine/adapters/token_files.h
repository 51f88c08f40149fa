#pragma once
// What stands beside an adapter with new tokens: the base's tokenizer with them in it, so that the adapter's
// folder opens as a tokenizer, and a few lines that say what a user of PEFT calls.

#include "engine/adapters/trained_tokens.h"
#include "engine/checkpoints/summary.h"
#include "engine/files/store.h"

#include <map>
#include <string>
#include <vector>

namespace lora {

/// The tokenizer's files of the model at `model` with these tokens more, name and contents. Throws Error for
/// a model whose tokenizer is no tokenizer.json and cannot be made one, with what helps.
std::map<std::string, std::string> tokenizer_files_with(
    const std::string& model, const std::vector<AddedToken>& added);

/// Tokenizer and README.md; nothing where no token is new. Throws as tokenizer_files_with(), DiskFull or
/// Error.
void write_token_files(StagedFolder& staged, const TrainedTokens& tokens, const ModelSummary& base_model);

} // namespace lora
