#pragma once
// A model's shape with random weights: what a training is worth without the pretraining is seen beside it.

#include "engine/adapters/merge.h"

#include <cstdint>
#include <string>

namespace lora {

/// Writes a model of `model`'s configuration and tokenizer into `folder`, new or empty: matrices drawn from
/// N(0, initializer_range²) (0.02 where config.json says none), biases 0, weights of norms 1. The same seed
/// gives the same file. Throws Error for a model that is no Hugging Face folder; DiskFull. Source:
/// transformers' _init_weights of Llama and BERT.
MergedModel write_untrained_model(const std::string& model, const std::string& folder, std::uint64_t seed);

} // namespace lora
