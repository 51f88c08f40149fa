#pragma once
// The safetensors format, read by mapping and written whole: an 8-byte little-endian header length, a JSON
// header, data. Source: the format's own description (README of huggingface/safetensors).

#include "engine/files/mapped_file.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

enum class ElementType { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool, F8_E4M3, F8_E5M2, U16, U32, U64 };

std::size_t size_bytes(ElementType type);
/// The name safetensors uses: "F32", "BF16", …
std::string_view name(ElementType type);

/// One tensor of a file: what it is and where its bytes lie in the mapping (row-major, contiguous).
struct TensorView {
    std::string name;
    ElementType type = ElementType::F32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

/// A safetensors file, checked whole when opened: header inside the file, ranges without hole or overlap,
/// sizes equal to shape × type, no byte left over, no name twice.
class SafetensorsFile {
public:
    /// Throws Error that names file, tensor, what was found and what was expected.
    explicit SafetensorsFile(const std::string& path);

    const std::string& path() const { return file_.path(); }
    const std::vector<TensorView>& tensors() const { return tensors_; }
    /// nullptr if there is no tensor of that name.
    const TensorView* find(std::string_view name) const;
    const std::map<std::string, std::string>& metadata() const { return metadata_; }

private:
    MappedFile file_;
    std::vector<TensorView> tensors_; // sorted by name
    std::map<std::string, std::string> metadata_;
};

/// A safetensors file to be written piece by piece.
struct SafetensorsPieces {
    std::string head;                   ///< the header's length and the header
    std::vector<std::string_view> data; ///< what follows it; lies where the views' bytes lie

    std::vector<std::string_view> all() const; ///< with the head in front
};

/// With these tensors, aligned to 8 bytes, names sorted by type then name as the reference writer does. Same
/// input, same bytes. Throws Error if a view's bytes do not fit its shape.
SafetensorsPieces safetensors_pieces(
    const std::vector<TensorView>& tensors, const std::map<std::string, std::string>& metadata = {});
/// The same in one piece.
std::string safetensors_bytes(
    const std::vector<TensorView>& tensors, const std::map<std::string, std::string>& metadata = {});

} // namespace lora
