#pragma once
// Adapters of mixtures from the time when transformers had each expert as modules of its own: gate, up and
// down (Mixtral's w1, w3 and w2) have updates by themselves, and the router is a module. PEFT opens them by
// putting gate's and up's into one of twice the rank; so does this.
// Source: huggingface/peft, utils/transformers_weight_conversion.py.

#include "engine/adapters/expert_stacks.h"

#include <string>

namespace lora {

/// Puts such updates among a file's pairs under the names of today, and what they are into the configuration.
/// Throws Error for an expert with an update of its gate or of its up alone, which PEFT refuses too.
void fuse_earlier_experts(NamedPairs& pairs, PeftConfig& config, const std::string& file);

} // namespace lora
