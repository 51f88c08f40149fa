#pragma once
// Rows of a weight in 4 or 8 bits, quantized as bitsandbytes does it. A row has its numbers first and its
// scales behind them, so that rows can be cut and joined like any others:
//   NF4      columns / 2 bytes, two numbers each, the first in the high half; then for every 64 values a code
//            of 8 bits; then float32s: the offset, and the nested scales of the runs of 256 blocks (counted
//            through the whole weight) that the row has a part in; then in two bytes how many of the row's
//            blocks belong to the first run. A block's scale is level[code] · nested + offset.
//   NF4Wide  columns / 2 bytes; then a float32 scale for every 64 values
//   Int8     columns signed bytes; then their float32 scale, of which a number is a 127th
// Sources: Dettmers et al. 2022 (LLM.int8), 2023 (QLoRA); values checked against bitsandbytes in tests/files.

#include "engine/files/gguf_blocks.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lora {

constexpr std::int64_t values_of_scale = 64;           ///< of NF4
constexpr std::int64_t scales_of_run = 256;            ///< that share a nested one
constexpr float part_of_scale = 7.874015718698502e-3F; ///< 1 / 127, as bitsandbytes writes it

/// The sixteen values of NF4, and the 256 levels of its scales' codes, both from the lowest on.
const std::array<float, 16>& nf4_values();
const std::array<float, 256>& scale_levels();

bool is_scaled(BlockType type);
/// Whether rows of so many values have whole blocks.
bool fits_scaled(BlockType type, std::int64_t columns);
/// Bytes of such a row.
std::int64_t scaled_row_bytes(BlockType type, std::int64_t columns);
/// Scales of such a row.
std::int64_t scales_of_row(BlockType type, std::int64_t columns);
/// Scales [first, first + count) of the row.
void read_scales(BlockType type, const std::byte* row, std::int64_t columns, std::int64_t first,
    std::int64_t count, float* to);

/// Scales of 8 bits.
struct PackedScales {
    std::vector<std::uint8_t> codes;
    std::vector<float> nested; ///< for each 256
    float offset = 0;
};
/// `offset` is taken off each first; bitsandbytes takes their mean.
PackedScales packed_scales(std::span<const float> scales, float offset);

/// A weight's parts as bitsandbytes keeps them, its rows one after the other. Floats at any address.
struct ScaledParts {
    std::span<const std::byte> numbers;
    std::span<const std::byte> scales = {}; ///< float32, of NF4Wide and Int8
    std::span<const std::byte> codes = {};  ///< of NF4
    std::span<const std::byte> nested = {}; ///< float32, of NF4
    float offset = 0;                       ///< of NF4
};
/// One row of the weight into `to`, scaled_row_bytes long.
void lay_out_row(
    BlockType type, const ScaledParts& parts, std::int64_t row, std::int64_t columns, std::byte* to);

/// 64 values to 32 bytes of NF4's numbers; gives their scale, which is no number where one of them is none.
float quantize_nf4(const float* values, std::byte* numbers);
/// A row to Int8's numbers; gives its scale, likewise.
float quantize_int8(const float* values, std::int64_t count, std::byte* numbers);

} // namespace lora
