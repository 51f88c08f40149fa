#pragma once
// Writing of GGUF files, version 3: a small one as a whole, a large one as its head, which tells where each
// tensor will lie, and the tensors behind it one by one. Source: ggml's docs/gguf.md.

#include "engine/files/gguf_blocks.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lora {

/// A value of another file as it lies there, its type in front: GgufFile::raw().
struct RawGgufValue {
    std::span<const std::byte> bytes;
};

/// A metadata value as it goes into the file.
using GgufField = std::variant<std::string, float, std::uint32_t, bool, std::vector<std::string>,
    std::vector<float>, std::vector<std::int32_t>, RawGgufValue>;
using GgufFields = std::vector<std::pair<std::string, GgufField>>;

/// A tensor to come. `shape` in row-major order, as GgufTensor has it.
struct GgufPlan {
    std::string name;
    BlockType type = BlockType::F32;
    std::vector<std::int64_t> shape;
};

/// What stands before the tensors, and how long the whole file will be.
struct GgufHead {
    std::string bytes; ///< padded: the first tensor begins behind them
    std::uint64_t file_bytes = 0;
};

/// Tensors lie in the order given, each padded by gguf_padding. Throws Error for a shape whose rows are not
/// whole blocks or whose size does not fit into 63 bits.
GgufHead gguf_head(const GgufFields& metadata, const std::vector<GgufPlan>& tensors);

/// The bytes that a tensor takes, without padding. Throws as gguf_head does.
std::uint64_t gguf_tensor_bytes(const GgufPlan& tensor);

/// The zeros behind so many bytes of a tensor.
std::string gguf_padding(std::uint64_t size_bytes);

/// `shape` in row-major order, as GgufTensor has it.
struct GgufValues {
    std::string name;
    std::vector<std::int64_t> shape;
    std::span<const float> values;
};

/// The bytes of a whole file, metadata and tensors in the order given, in float32. Throws Error if the values
/// do not fit their shape.
std::string gguf_bytes(const GgufFields& metadata, const std::vector<GgufValues>& tensors);

} // namespace lora
