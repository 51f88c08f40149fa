#pragma once
// A model whose weights were trained, as a folder that Hugging Face's libraries and this program open.

#include "engine/adapters/classifier_head.h"
#include "engine/adapters/merge.h"
#include "engine/files/store.h"
#include "engine/models/safetensors_tensors.h"

#include <optional>
#include <string>
#include <vector>

namespace lora {

/// The files of `model` with these tensors, named by the model's paths, in place of its own: config.json, the
/// tokenizer's files, safetensors. A classifier's head becomes the model's own, with its labels.
/// Throws Error for a name that the model lacks; DiskFull.
void write_changed_model(StagedFolder& staged, const std::string& model,
    const std::vector<NamedTensor>& changed, const std::optional<ClassifierHead>& head,
    std::int64_t shard_bytes = default_shard_bytes);

} // namespace lora
