#pragma once
// PEFT's adapter folder: adapter_config.json and adapter_model.safetensors, both ways.
// Source: huggingface/peft, utils/save_and_load.py and tuners/lora/config.py.

#include "engine/adapters/adapter.h"
#include "engine/checkpoints/summary.h"
#include "engine/files/safetensors.h"
#include "engine/files/store.h"
#include "engine/models/safetensors_tensors.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// A LoRA or DoRA as PEFT writes it, with use_rslora, rank_pattern, alpha_pattern and a classifier's head; or
/// a VeRA (vera_files.h) or an AdaLoRA (adalora_files.h). Tensors are float32 on `device`. Throws Error for a
/// file that is missing or does not hold what the format says, for a rank that is not the tensors', and for
/// what is not built here (bias, lora_bias, other modules_to_save, another peft_type), by its name.
Adapter read_peft(const std::string& folder, const at::Device& device);

/// Writes the adapter's two files into a folder in the making. Throws DiskFull or Error.
void write_peft_files(StagedFolder& staged, const Adapter& adapter, const ModelSummary& base_model);

/// Of a folder's two files the tensors: those given, float32, and a classifier's head with its labels.
void write_peft_tensors(StagedFolder& staged, std::vector<NamedTensor> tensors,
    const std::optional<ClassifierHead>& head, std::map<std::string, std::string> metadata = {});

/// A tensor of a file, float32 on `device`. Throws Error naming `path` for values that are not finite.
at::Tensor finite_values(const TensorView& view, const std::string& path, const at::Device& device);

/// Writes the folder whole or not at all; an adapter that is there already is replaced, another folder that
/// holds something is refused. `base_model` is kept as a hint; `beside` are further files, name and contents.
/// Throws DiskFull or Error.
void write_peft(const std::string& folder, const Adapter& adapter, const ModelSummary& base_model,
    const std::map<std::string, std::string>& beside = {});

} // namespace lora
