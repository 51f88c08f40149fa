#pragma once
// A share of a dataset's samples that is measured on and not trained on.

#include "engine/data/dataset.h"

#include <cstdint>

namespace lora {

/// Moves a share of the samples, chosen by the seed, into a set of their own. Both keep the file's order.
/// Throws Error where one of them would be empty.
Dataset hold_out(Dataset& train, double share, std::uint64_t seed, const Tokenizer& tokenizer);

/// How many of `some` are among `others` too, token for token.
std::int64_t count_shared(const Samples& some, const Samples& others);

} // namespace lora
