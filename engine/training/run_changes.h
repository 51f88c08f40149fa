#pragma once
// What a resume changes of a run, and how run.json keeps it: its settings are those that count now, and a
// list says what they were before.
//
//   "changes": [{"after_step": 50, "settings": {"training.accumulate": {"before": "1", "after": "4"}},
//                "files": ["/data/train.jsonl"]}]

#include "engine/settings/setting_differences.h"
#include "engine/training/run_inputs.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

struct RunChanges {
    std::vector<SettingRow> settings; ///< each with its value before and after
    std::vector<ChangedInput> inputs;
    bool any() const { return !settings.empty() || !inputs.empty(); }
};

/// Throws Error for one that a run keeps to its end (Setting::changes_on_resume).
std::vector<SettingRow> changes_on_resume(const RunSettings& before, const RunSettings& after);

/// What is to be said of them, a sentence each; none for no changes.
std::vector<std::string> notes_of(const RunChanges& changes, std::int64_t after_step, bool has_dropout);

/// Writes them into the folder's run.json, whose fields are those of `now` from now on where it has them.
void record_changes(
    const std::string& run_folder, const RunChanges& changes, std::int64_t after_step, const Json& now);

} // namespace lora
