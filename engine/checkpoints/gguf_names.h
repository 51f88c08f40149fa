#pragma once
// GGUF's words for what Hugging Face's checkpoints call otherwise: tensor names, the order of rotary rows.
// Source: ggml's docs/gguf.md and llama.cpp's converter.

#include "engine/checkpoints/dialect.h"

#include <string>

namespace lora {

/// "model.layers.0.self_attn.q_proj.weight" → "blk.0.attn_q.weight". A name without a counterpart is given
/// back as it is.
std::string gguf_name(const std::string& checkpoint_name, const Dialect& dialect);

/// The way back: "blk.0.attn_q.weight" → "model.layers.0.self_attn.q_proj.weight"; empty for a name without a
/// counterpart.
std::string checkpoint_name(const std::string& gguf_name, const Dialect& dialect);

/// How many heads of a tensor, by its name in GGUF, have their rotary rows interleaved; 0: none.
std::int64_t interleaved_heads(
    const std::string& gguf_name, std::int64_t heads, std::int64_t kv_heads, const Dialect& dialect);

/// Whether queries, keys and values of a tensor, by its name in GGUF, lie apart there and group by group in a
/// checkpoint.
bool parts_groups(const std::string& gguf_name, const Dialect& dialect);

} // namespace lora
