#pragma once
// Which files of a path hold a model: a Hugging Face folder, its cache, a GGUF file.

#include <string>
#include <vector>

namespace lora {

struct CheckpointFiles {
    std::string path;                ///< the folder or GGUF file that was meant
    std::string config;              ///< config.json; empty for GGUF
    std::vector<std::string> shards; ///< safetensors files; empty for GGUF
    std::string gguf;                ///< empty for safetensors
};

/// `path` may also be the name of a model that was fetched from the hub, "org/name", where nothing lies at
/// that path. Throws Error that says what the path holds instead of a model. Pickle checkpoints are refused
/// by name.
CheckpointFiles find_checkpoint(const std::string& path);

} // namespace lora
