#pragma once
// One weight of a checkpoint that is quantized in its file: what its parts are, and its values.
//   bitsandbytes, 4 bits: `weight` of bytes, `weight.quant_state.bitsandbytes__nf4` (or fp4) with JSON,
//     `weight.absmax`, `weight.quant_map`; with double quantization `weight.nested_absmax` and
//     `weight.nested_quant_map`. Source: QuantState.as_dict of bitsandbytes.
//   bitsandbytes, int8: `weight` of signed bytes and `SCB`, a scale for each row.
//   FP8: `weight` in F8_E4M3 and `weight_scale_inv` or `weight_scale`, by which it is multiplied: one number,
//     one for each row, or one for each block of quantization_config's weight_block_size. Source:
//     transformers' fine-grained FP8, as DeepSeek V3 and Qwen 3 are published.

#include "engine/files/safetensors.h"
#include "engine/files/scaled_rows.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// A tensor of a checkpoint, and its file's name; null where there is none.
struct FoundTensor {
    const TensorView* view = nullptr;
    std::string file;
    std::string place() const; ///< for messages: the file, and the tensor's name
};
using FindTensor = std::function<FoundTensor(std::string_view name)>;

struct QuantizedTensor {
    enum class Kind { FourBits, Int8, Float8 };
    Kind kind = Kind::FourBits;
    std::string name;
    std::vector<std::int64_t> shape;   ///< of the weight, [out, in]
    std::vector<std::string> beside;   ///< names of the tensors that belong to it
    std::optional<BlockType> row_type; ///< of scaled rows that are equal to it; none: it has to be unpacked
    bool is_fp4 = false;
    ScaledParts parts;

    // Of FourBits: the sixteen values, values that share a scale; with double quantization the scales' levels
    // and how many of them share a nested one.
    std::vector<float> table = {}, levels = {};
    std::int64_t block = values_of_scale, run = scales_of_run;
    // Of Float8: rows and columns that share a scale, and the scales, [rows / block_rows, scale_columns].
    std::int64_t block_rows = 1, block_columns = 1, scale_columns = 1;
    std::vector<float> scales = {};

    /// Of the file, with what is beside the numbers.
    std::int64_t bytes() const;
    /// The values of a row, [in].
    void unpack_row(std::int64_t row, float* to) const;
};

/// The quantized weight `name`; nothing where it is plain. `block`: rows and columns of FP8's blocks. Throws
/// Error that names file and tensor where the parts do not fit each other.
std::optional<QuantizedTensor> quantized_tensor(
    const std::string& name, const FindTensor& find, const std::vector<std::int64_t>& block);

} // namespace lora
