#pragma once
// The JSON header of a safetensors file as it stands there, before its ranges are compared with the data.

#include "engine/files/safetensors.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

struct SafetensorsEntry {
    std::string name;
    ElementType type = ElementType::F32;
    std::vector<std::int64_t> shape; ///< none negative
    std::uint64_t begin = 0;         ///< in the data section, bytes
    std::uint64_t end = 0;
};

struct SafetensorsHeader {
    std::vector<SafetensorsEntry> entries; ///< in the order of the file
    std::map<std::string, std::string> metadata;
};

/// Parses the header without building a tree: at most a million entries, no name or field twice, only the
/// fields dtype, shape and data_offsets, only integers. Throws Error with line and column or the tensor's
/// name.
SafetensorsHeader parse_safetensors_header(std::string_view text, const std::string& file);

} // namespace lora
