#include "engine/training/run_changes.h"

#include "engine/files/store.h"
#include "engine/runs/run_folder.h"
#include "engine/settings/schema.h"

#include <algorithm>

namespace lora {

namespace {

/// Whether a step computes the same numbers all the same.
bool keeps_every_bit(const SettingRow& row) { return row.name.starts_with("training.checkpoint_"); }

std::string settings_note(const std::vector<SettingRow>& rows, const std::string& from, bool has_dropout) {
    std::string note = from;
    for (std::size_t i = 0; i < rows.size(); ++i)
        note.append(i == 0 ? " with " : ", ")
            .append(rows[i].name)
            .append(" ")
            .append(rows[i].values[1])
            .append(" in place of ")
            .append(rows[i].values[0]);
    if (std::all_of(rows.begin(), rows.end(), keeps_every_bit)) return note + ".";
    return note + ". Its numbers are rounded in another way than without the change"
           + (has_dropout ? ", and dropout drops others." : ".");
}

std::string files_note(const std::vector<ChangedInput>& inputs, const std::string& from) {
    std::string note = from + " with files that are not those that it began with:";
    for (std::size_t i = 0; i < inputs.size(); ++i) note.append(i == 0 ? " " : ", ").append(inputs[i].path);
    return note + ". What it learns is not what it would have learned.";
}

} // namespace

std::vector<SettingRow> changes_on_resume(const RunSettings& before, const RunSettings& after) {
    std::vector<SettingRow> rows = setting_differences({before, after});
    for (const SettingRow& row : rows) {
        const Setting* setting = find_setting(row.name);
        if (setting == nullptr || !setting->changes_on_resume)
            fail("{" + row.name + "}", row.values[1], row.values[0] + ", as the run began",
                "another value makes another run; start a new one from the saved adapter");
    }
    return rows;
}

std::vector<std::string> notes_of(const RunChanges& changes, std::int64_t after_step, bool has_dropout) {
    const std::string from = "From step " + std::to_string(after_step + 1) + " the run goes on";
    std::vector<std::string> notes;
    if (!changes.settings.empty()) notes.push_back(settings_note(changes.settings, from, has_dropout));
    if (!changes.inputs.empty()) notes.push_back(files_note(changes.inputs, from));
    return notes;
}

void record_changes(
    const std::string& run_folder, const RunChanges& changes, std::int64_t after_step, const Json& now) {
    Json change = Json::object();
    change["after_step"] = after_step;
    for (const SettingRow& row : changes.settings)
        change["settings"][row.name] = {{"before", row.values[0]}, {"after", row.values[1]}};
    for (const ChangedInput& input : changes.inputs) change["files"].push_back(input.path);

    Json run = read_json(settings_path(run_folder));
    run.update(now);
    if (!run["changes"].is_array()) run["changes"] = Json::array();
    run["changes"].push_back(std::move(change));
    write_file(settings_path(run_folder), run.dump(2) + "\n");
}

} // namespace lora
