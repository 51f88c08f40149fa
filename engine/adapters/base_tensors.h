#pragma once
// A base model's tensors one by one, by the checkpoint's names, and their way into a new checkpoint with some
// of them changed: one shard in memory at a time.

#include "engine/files/store.h"
#include "engine/models/weights.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// A tensor that is read when its turn comes.
struct BaseTensor {
    std::string name;
    std::int64_t bytes = 0; ///< as it will be written
    std::function<at::Tensor()> read;
    std::int64_t values = 0; ///< how many; 0: not told
};

/// In the base's own number types, what is quantized in a folder in bfloat16; of a GGUF file all in float32.
/// Throws Error for a GGUF tensor that has no
/// place in a checkpoint.
std::vector<BaseTensor> base_tensors(const Weights& base);

/// The tensor of this name, or of another that a checkpoint may have in its place. End: none.
std::vector<BaseTensor>::iterator find_tensor(
    std::vector<BaseTensor>& tensors, const std::string& path, const Dialect& dialect);

std::int64_t total_bytes(const std::vector<BaseTensor>& tensors);

/// Writes model.safetensors, or shards of at most `shard_bytes` and their index; gives the files' names.
/// A stop throws Error; so does what reading throws.
std::vector<std::string> write_shards(StagedFolder& staged, std::vector<BaseTensor> tensors,
    std::int64_t shard_bytes, const LoadProgress& progress = {}, const std::stop_token& stop = {});

} // namespace lora
