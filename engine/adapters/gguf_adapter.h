#pragma once
// llama.cpp's LoRA adapters: a GGUF file with blk.0.attn_q.weight.lora_a and .lora_b for each target.
// Source: llama.cpp, convert_lora_to_gguf.py and src/llama-adapter.cpp.

#include "engine/adapters/adapter.h"
#include "engine/files/json.h"

#include <string>

namespace lora {

/// The file's bytes. llama.cpp scales each target by alpha / rank with one alpha for all: a target whose
/// scale is another one gets the quotient folded into its B. Rows of B are put into the order that the
/// converter gives q and k of some architectures. `config` is the base model's config.json. Throws Error
/// for an architecture or a target without a GGUF name.
std::string gguf_adapter_bytes(const Adapter& adapter, const Json& config);

/// Back from a file, rows and names as the checkpoint has them, float32 on the CPU. Throws Error if the file
/// is no LoRA adapter for this base, or any of its tensors is not half of a pair that fits.
Adapter read_gguf_adapter(const std::string& path, const Json& config);

} // namespace lora
