#pragma once
// GGUF's words for what Hugging Face's checkpoints call otherwise: tensor names, the order of rotary rows,
// config fields. Source: ggml's docs/gguf.md and llama.cpp's converter for the Llama architecture.

#include "engine/files/gguf.h"
#include "engine/files/json.h"

#include <string>

namespace lora {

/// "model.layers.0.self_attn.q_proj.weight" → "blk.0.attn_q.weight". A name without a counterpart is given
/// back as it is.
std::string gguf_name(const std::string& checkpoint_name);

/// The way back: "blk.0.attn_q.weight" → "model.layers.0.self_attn.q_proj.weight"; empty for a name without a
/// counterpart.
std::string checkpoint_name(const std::string& gguf_name);

/// Heads whose rows the converter interleaved (q_proj and k_proj of the Llama architecture); 0 for all other
/// tensors.
std::int64_t interleaved_heads(const std::string& checkpoint_name, const GgufFile& file);

/// The fields that config.json would have. Throws Error for a missing or senseless value.
Json gguf_config(const GgufFile& file);

} // namespace lora
