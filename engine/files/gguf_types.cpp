// ggml's numbers and names of tensor types. Declared in gguf_blocks.h.

#include "engine/files/gguf_blocks.h"

#include <array>
#include <string>

namespace lora {

namespace {

/// ggml's numbers; an empty name is one that ggml has given up.
constexpr std::array<std::string_view, 42> ggml_names = {"F32", "F16", "Q4_0", "Q4_1", "", "", "Q5_0", "Q5_1",
    "Q8_0", "Q8_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "Q8_K", "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S",
    "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS", "I8", "I16", "I32", "I64", "F64", "IQ1_M", "BF16", "", "", "",
    "TQ1_0", "TQ2_0", "", "", "", "MXFP4", "NVFP4", "Q1_0"};

} // namespace

std::optional<BlockType> block_type(std::uint32_t number) {
    if (number >= ggml_names.size()) return std::nullopt;
    for (int i = 0; i < block_types; ++i)
        if (const auto type = static_cast<BlockType>(i); layout(type).name == ggml_names[number]) return type;
    return std::nullopt;
}

std::uint32_t ggml_type(BlockType type) {
    std::uint32_t number = 0;
    while (ggml_names[number] != layout(type).name) ++number; // every type has its name there
    return number;
}

std::string ggml_type_name(std::uint32_t number) {
    if (number < ggml_names.size() && !ggml_names[number].empty()) return std::string(ggml_names[number]);
    return "type " + std::to_string(number);
}

} // namespace lora
