#pragma once
// An adapter's rows of tokens in the embedding and the head of a model that is written anew.

#include "engine/adapters/base_tensors.h"
#include "engine/adapters/trained_tokens.h"

#include <vector>

namespace lora {

/// Puts the rows into the reading of their tables, new ones behind the table's own, and the size of the
/// vocabulary into `changes` of the configuration where it grows. Throws Error where the model has no such
/// table, rows do not fit it, or its configuration has other parts beside the text model.
void put_rows(
    std::vector<BaseTensor>& tensors, const TrainedTokens& tokens, const Weights& base, Json& changes);

} // namespace lora
