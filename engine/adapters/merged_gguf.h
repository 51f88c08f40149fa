#pragma once
// An adapter merged into its base model as one GGUF file that llama.cpp opens: weights, hyperparameters,
// tokenizer, special tokens, chat template.

#include "engine/adapters/merge.h"
#include "engine/files/gguf_blocks.h"

#include <stop_token>
#include <string>

namespace lora {

/// Of a Hugging Face folder all is written anew, matrices in `type` (written_type()), the rest in float32. Of
/// a GGUF base everything is copied as it is, quantized blocks too, but for the weights that the adapter
/// changes, which are written in `type`. Works tensor by tensor; the file appears whole, and nothing that is
/// there is overwritten. Before the weights are written its head is read again: the model that it describes
/// must compute what the base does, and its tokenizer make the same tokens. What llama.cpp does otherwise and
/// a person can live with goes into the notes. Throws Error for an architecture, a field or a tokenizer that
/// GGUF has no word for, for a classifier, for an adapter that does not fit; DiskFull. A stop throws too;
/// then nothing is left behind.
MergedModel merge_to_gguf(const std::string& model, const Adapter& adapter, const std::string& file,
    BlockType type, const LoadProgress& progress = {}, const std::stop_token& stop = {});

} // namespace lora
