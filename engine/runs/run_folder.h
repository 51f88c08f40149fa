#pragma once
// Where things lie in a run's folder, and what its run.json says.

#include "engine/settings/settings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

std::string settings_path(const std::string& run_folder); ///< run.json
std::string events_path(const std::string& run_folder);   ///< events.jsonl
std::string adapter_path(const std::string& run_folder);  ///< the PEFT folder
/// What the run gives: the PEFT folder, `model` as on Hugging Face, or `subspace`.
std::string result_path(const std::string& run_folder, MethodKind method);
/// `checkpoints/step-000050`
std::string checkpoint_path(const std::string& run_folder, std::int64_t step);

struct Checkpoint {
    std::int64_t step = 0;
    std::string folder;
    bool operator==(const Checkpoint&) const = default;
};

/// Folders named as checkpoints that have a manifest, by step; their files are not read.
std::vector<Checkpoint> list_checkpoints(const std::string& run_folder);
/// The last one whose manifest holds: every file is read and compared with its SHA-256.
std::optional<Checkpoint> latest_checkpoint(const std::string& run_folder);

/// Renames what is newer than latest_checkpoint(), which is damaged, so that nothing takes it for a
/// checkpoint any more; gives a sentence for each. Nothing of it is removed.
std::vector<std::string> set_damaged_checkpoints_aside(const std::string& run_folder);

/// What run.json says of the run; fields beyond these are passed over.
struct RunFile {
    RunSettings settings;
    std::int64_t total_steps = 0;
    std::vector<std::string> labels;       ///< of a classification, by class
    std::optional<std::int64_t> trainable; ///< parameters, a classifier's head among them
    std::int64_t head_parameters = 0;
};
/// Throws Error if there is none or it cannot be understood.
RunFile read_run_file(const std::string& run_folder);

/// Whether a process holds the run's lock (FolderLock).
bool is_run_active(const std::string& run_folder);

} // namespace lora
