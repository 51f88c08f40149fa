#pragma once
// What stands beside the weights of a merged model: config.json and the tokenizer.

#include "engine/files/store.h"
#include "engine/models/weights.h"

#include <string>
#include <vector>

namespace lora {

/// Copies or, for a GGUF base, makes the files. `untied`: the head has got its own weight. Gives their names;
/// what could not be written goes into `notes`. Throws DiskFull or Error.
std::vector<std::string> write_model_files(
    StagedFolder& staged, const Weights& base, bool untied, std::vector<std::string>& notes);

} // namespace lora
