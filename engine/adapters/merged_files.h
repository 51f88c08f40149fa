#pragma once
// What stands beside the weights of a merged model: config.json and the tokenizer.

#include "engine/files/store.h"
#include "engine/models/weights.h"

#include <map>
#include <string>
#include <vector>

namespace lora {

using FilesByName = std::map<std::string, std::string>; ///< contents

/// Copies or, for a GGUF base, makes the files. `changes` are fields of config.json that are other than the
/// base's; `tokenizer` are files in place of the base's own of these names. Gives the files' names; what
/// could not be written goes into `notes`. Throws DiskFull or Error.
std::vector<std::string> write_model_files(StagedFolder& staged, const Weights& base, const Json& changes,
    std::vector<std::string>& notes, const FilesByName& tokenizer = {});

} // namespace lora
