#pragma once
// What stands beside the weights of a merged model: config.json and the tokenizer.

#include "engine/files/store.h"
#include "engine/models/weights.h"

#include <string>
#include <vector>

namespace lora {

/// Copies or, for a GGUF base, makes the files. `changes` are fields of config.json that are other than the
/// base's. Gives the files' names; what could not be written goes into `notes`. Throws DiskFull or Error.
std::vector<std::string> write_model_files(
    StagedFolder& staged, const Weights& base, const Json& changes, std::vector<std::string>& notes);

} // namespace lora
