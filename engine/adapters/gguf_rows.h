#pragma once
// The order of rows that llama.cpp's converter gives some tensors, from a checkpoint's and back.

#include "engine/checkpoints/dialect.h"

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

namespace lora {

struct AttentionHeads {
    std::int64_t count = 0, kv_count = 0;
};

/// The tensor that GGUF calls `name`, a matrix or a bias, with its rows as they lie there; with `back` as a
/// checkpoint has them. `place` is for messages. Throws Error where the rows are not so many for each head.
at::Tensor in_gguf_rows(const at::Tensor& tensor, const std::string& name, const AttentionHeads& heads,
    const Dialect& dialect, bool back, const std::string& place);

} // namespace lora
