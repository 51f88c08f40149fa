#pragma once
// Values on their way into a GGUF file: rounded to 16 bits or packed into blocks of 8. Source: Q8_0 as ggml's
// quantize_row_q8_0_ref has it.

#include "engine/files/gguf_blocks.h"

#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

namespace lora {

/// The types that a merged model is written in: F32, F16, BF16, Q8_0. Throws Error for another name.
BlockType written_type(std::string_view name);

/// float32 values, whole rows, on the CPU, as bytes of one of those types. `place` is for messages. Throws
/// Error for values that are not finite, or are not in F16.
std::string gguf_packed(const at::Tensor& values, BlockType type, const std::string& place);

} // namespace lora
