#pragma once
// Rotary positions in GGUF's metadata and in config.json, both ways.

#include "engine/checkpoints/gguf_fields.h"

#include <string>

namespace lora {

/// Adds head_dim, partial_rotary_factor, rope_theta and rope_scaling. `at`: the beginning of keys. Throws
/// Error.
void read_gguf_rope(Json& config, const GgufFile& file, const std::string& at);

/// The keys and tensors of what config.json says; none where positions are learned. Throws Error for a
/// scaling that GGUF has no word for.
void write_gguf_rope(GgufConfig& gguf, const JsonFields& config, const Dialect& dialect);

} // namespace lora
