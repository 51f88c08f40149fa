#pragma once
// The files that a run is made from, as its run.json describes them, and whether they are still the same:
//
//   "model": {"path": "…", "files": {"config.json": {"size_bytes": …, "sha256": "…"},
//             "model.safetensors": {"size_bytes": …, "sampled_sha256": "…"}, …}},
//   "data": {"train": {"path": "…", "size_bytes": …, "sha256": "…"}, "eval": …}

#include "engine/data/data_settings.h"
#include "engine/error.h"
#include "engine/files/json.h"

#include <string>
#include <vector>

namespace lora {

/// A resume whose files are not those that the run began with.
class InputsChanged : public Error {
public:
    using Error::Error;
};

/// The weights, the configuration and the tokenizer's files of the model that was opened at `path`.
Json described_model(const std::string& path);
Json described_data(const DataSettings& data);

/// One file that is not as run.json describes it.
struct ChangedInput {
    std::string path;
    std::string found;    ///< "other contents than when the run began"
    std::string expected; ///< "123 bytes with the SHA-256 …"
};
/// What has changed; nothing of what `run`, the contents of the file at `where`, does not describe. Throws
/// Error for a description that cannot be understood and data that cannot be read.
std::vector<ChangedInput> changed_inputs(
    const Json& run, const std::string& where, const std::string& model_path);

/// Throws InputsChanged with all of them, if there are any.
void refuse(const std::vector<ChangedInput>& changes);

} // namespace lora
