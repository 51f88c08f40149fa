#pragma once
// VeRA in PEFT's folder: base_model.vera_A and vera_B once, vera_lambda_d and vera_lambda_b of each linear.
// Source: huggingface/peft, tuners/vera: config.py, layer.py and model.py.

#include "engine/adapters/adapter.h"
#include "engine/checkpoints/summary.h"
#include "engine/files/json.h"
#include "engine/files/store.h"

#include <string>
#include <vector>

namespace lora {

struct VeraRead {
    Adapter adapter;                 ///< without a head
    std::vector<std::string> others; ///< names of tensors that are no part of a VeRA
};

/// `config` as it stands in the folder's `config_path`; float32 on `device`. The linears' widths are known
/// where this program wrote the file; see with_widths_of(). Throws Error for any fault of the files, and for
/// a file without vera_A and vera_B.
VeraRead read_vera(const Json& config, const std::string& config_path, const std::string& tensors_path,
    const at::Device& device);

/// Both files of an adapter that has a VeraProjection, with the matrices in them (save_projection). Throws
/// DiskFull or Error.
void write_vera(StagedFolder& staged, const Adapter& adapter, const ModelSummary& base_model);

} // namespace lora
