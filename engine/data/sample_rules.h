#pragma once
// What makes rows into the samples that they become: where all of it is the same, the same files give the
// same samples.

#include "engine/data/goal.h"
#include "engine/files/json.h"
#include "engine/text/tokenizer.h"

#include <cstdint>

namespace lora {

/// The goal, the tokenizer, this program's version, and what it makes of a few rows of every kind, which
/// tells versions apart that have one number.
Json sample_rules(const Tokenizer& tokenizer, std::int64_t max_length, const Goal& goal);

} // namespace lora
