#pragma once
// An adapter merged into its base model, W₀ + ΔW, as a folder that Hugging Face's libraries and
// this program open without an adapter.

#include "engine/adapters/adapter.h"
#include "engine/models/weights.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace lora {

struct MergedModel {
    std::string path; ///< the folder or file
    std::vector<std::string> files = {};
    std::int64_t bytes = 0; ///< of the weights
    std::vector<std::string> notes =
        {}; ///< what the user should know, such as a file that could not be written
};

constexpr std::int64_t default_shard_bytes = std::int64_t{2} << 30;

/// Writes safetensors in the base's own number types (a GGUF base becomes float32; what is quantized in a
/// base, GGUF or not, bfloat16, and config.json says no more that it is), in shards of at most `shard_bytes`
/// where they do not fit one file; config.json and the tokenizer's files beside them. Works tensor by tensor,
/// one shard in memory at a time. A head tied to the embedding is untied if the adapter changes it; a
/// classifier's head becomes the model's own, with its labels in config.json. `folder` must be new or empty.
/// Throws Error for an adapter that does not fit the base and for what a checkpoint cannot express; DiskFull.
/// A stop throws too; then nothing is left behind.
MergedModel merge(const std::string& model, const Adapter& adapter, const std::string& folder,
    std::int64_t shard_bytes = default_shard_bytes, const LoadProgress& progress = {},
    const std::stop_token& stop = {});

} // namespace lora
