#pragma once
// GGUF's block types: how many values a block holds, how many bytes it takes, and how it unpacks to float32.
// Source: ggml-quants.c's reference dequantizers (layouts), checked against gguf-py's values in tests/files.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lora {

enum class BlockType {
    F32,
    F16,
    BF16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    IQ4_NL,
    MXFP4,
    Q2_K,
    Q3_K,
    Q4_K,
    Q5_K,
    Q6_K,
    IQ4_XS,
    TQ1_0,
    TQ2_0,
    // Not in GGUF: whole rows with their scales behind them (scaled_rows.h), which have no blocks of bytes.
    NF4,
    NF4Wide,
    Int8,
};
constexpr int block_types = 18; ///< GGUF's, the first ones

struct BlockLayout {
    std::string_view name;  ///< as ggml writes it, "Q4_1"
    std::int64_t values;    ///< values a block
    std::size_t size_bytes; ///< bytes a block; 0 where whole rows are laid out
};
BlockLayout layout(BlockType type);

/// The type behind ggml's number; none for a number that is unknown or not read here.
std::optional<BlockType> block_type(std::uint32_t number);
/// ggml's number of a type.
std::uint32_t ggml_type(BlockType type);
/// ggml's name of any number it defines ("IQ2_XS"), for messages; "type 99" otherwise.
std::string ggml_type_name(std::uint32_t number);

/// Unpacks whole blocks of GGUF. `bytes` must be exactly values.size() / layout.values blocks long
/// (asserted).
void dequantize(BlockType type, std::span<const std::byte> bytes, std::span<float> values);

} // namespace lora
