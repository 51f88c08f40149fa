#pragma once
// A model's configuration, in config.json's words and in GGUF's metadata: both ways by one table. Source:
// ggml's docs/gguf.md and llama.cpp's converter.

#include "engine/checkpoints/dialect.h"
#include "engine/files/gguf_write.h"
#include "engine/files/json.h"

#include <string>
#include <vector>

namespace lora {

/// The fields that config.json would have, of a model with this `model_type`. Throws Error for a missing or
/// senseless value.
Json gguf_config(const GgufFile& file, const std::string& model_type, const Dialect& dialect);

/// A small tensor that says what config.json says in a field.
struct GgufFactors {
    std::string name;
    std::vector<float> values;
};

struct GgufConfig {
    GgufFields metadata = {};              ///< the keys of the architecture
    std::vector<GgufFactors> tensors = {}; ///< divisors of rotary frequencies
};

/// What GGUF says of a model with this config.json, whose path is `where`. What GGUF has no word for is not
/// in it: whoever writes a file compares the model that it describes. Throws Error for a field that is
/// missing where GGUF needs it, and for a scaling of rotary positions that llama.cpp does not know.
GgufConfig gguf_fields(const Json& config, const Dialect& dialect, const std::string& where);

} // namespace lora
