#pragma once
// The new tokens of a run that begins.

#include "engine/adapters/adapter.h"
#include "engine/architectures/catalog.h"
#include "engine/run_settings/token_settings.h"

namespace lora {

/// Gives an adapter the settings' new tokens, behind those that the model's tokenizer has, with the rows that
/// stand there first; nothing where there are none. Throws Error for a text that the vocabulary has, an
/// adapter that brings tokens of its own, a tokenizer that cannot be written, and models that take none.
void give_new_tokens(Adapter& adapter, const TokenSettings& settings, const LoadedModel& loaded);

/// The tokenizer that a run of these would read its data with, no weight opened. Throws Error for what
/// give_new_tokens() refuses of model and tokens.
Tokenizer tokenizer_of_run(const ModelSummary& model, const TokenSettings& settings);

} // namespace lora
