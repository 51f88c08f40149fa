#pragma once
// The GGUF format (versions 2 and 3, little-endian), read by mapping: metadata and tensors with their block
// types. Source: ggml's docs/gguf.md.

#include "engine/files/gguf_blocks.h"
#include "engine/files/mapped_file.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lora {

/// A metadata value. Integers of every width arrive as int64 (uint64 above 2^63 is refused), both floats as
/// double. Arrays are homogeneous; arrays of arrays are refused.
using GgufValue = std::variant<std::int64_t, double, bool, std::string, std::vector<std::int64_t>,
    std::vector<double>, std::vector<bool>, std::vector<std::string>>;

/// One tensor. `shape` is in row-major order as PyTorch would say it, [out, in] for a linear: GGUF's own
/// order reversed.
struct GgufTensor {
    std::string name;
    BlockType type = BlockType::F32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

/// A GGUF file, checked whole when opened: counts, lengths, types, alignment, tensor ranges inside the file
/// and apart.
class GgufFile {
public:
    /// Throws Error that names file, key or tensor, what was found and what was expected.
    explicit GgufFile(const std::string& path);

    const std::string& path() const { return file_.path(); }
    const std::vector<GgufTensor>& tensors() const { return tensors_; }
    const GgufTensor* find(std::string_view name) const;

    const GgufValue* metadata(std::string_view key) const;
    const std::map<std::string, GgufValue, std::less<>>& metadata() const { return metadata_; }
    /// The values as they lie in the file, each with its type's number in front, in the file's order.
    const std::vector<std::pair<std::string, std::span<const std::byte>>>& raw() const { return raw_; }
    /// Typed getters. Each throws Error if the key is absent (without a default), of another kind, or out of
    /// range.
    std::int64_t integer(std::string_view key, std::int64_t lowest, std::int64_t highest) const;
    std::int64_t integer_or(
        std::string_view key, std::int64_t otherwise, std::int64_t lowest, std::int64_t highest) const;
    double number(std::string_view key) const;
    double number_or(std::string_view key, double otherwise) const;
    bool boolean_or(std::string_view key, bool otherwise) const;
    std::string string(std::string_view key) const;
    std::string string_or(std::string_view key, std::string otherwise) const;
    /// The list under `key`; throws Error if absent or of another kind.
    const std::vector<std::string>& strings(std::string_view key) const;
    const std::vector<std::int64_t>& integers(std::string_view key) const;
    const std::vector<double>& numbers(std::string_view key) const;

private:
    MappedFile file_;
    std::map<std::string, GgufValue, std::less<>> metadata_;
    std::vector<GgufTensor> tensors_; // sorted by name
    std::vector<std::pair<std::string, std::span<const std::byte>>> raw_;
};

} // namespace lora
