#pragma once
// Writing of small GGUF files, such as adapters: version 3, tensors in float32. Source: ggml's docs/gguf.md.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lora {

/// A metadata value as it goes into the file.
using GgufField = std::variant<std::string, float, std::uint32_t>;

/// `shape` in row-major order, as GgufTensor has it.
struct GgufValues {
    std::string name;
    std::vector<std::int64_t> shape;
    std::span<const float> values;
};

/// The bytes of a whole file, metadata and tensors in the order given, data aligned to 32 bytes. Throws Error
/// if the values do not fit their shape.
std::string gguf_bytes(
    const std::vector<std::pair<std::string, GgufField>>& metadata, const std::vector<GgufValues>& tensors);

} // namespace lora
