#include "engine/runs/run_folder.h"

#include "engine/error.h"
#include "engine/files/descriptor.h"
#include "engine/files/staging.h"
#include "engine/files/store.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <limits>
#include <string_view>

#include <sys/file.h>

namespace lora {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view step_prefix = "step-";

/// The step of "step-000050"; none for other names, such as a folder that is still being written.
std::optional<std::int64_t> step_of_name(std::string_view name) {
    if (!name.starts_with(step_prefix)) return std::nullopt;
    name.remove_prefix(step_prefix.size());
    std::int64_t step = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step);
    if (error != std::errc() || end != name.data() + name.size() || step < 0) return std::nullopt;
    return step;
}

} // namespace

std::string settings_path(const std::string& run_folder) { return run_folder + "/run.json"; }
std::string events_path(const std::string& run_folder) { return run_folder + "/events.jsonl"; }
std::string adapter_path(const std::string& run_folder) { return run_folder + "/adapter"; }

std::string result_path(const std::string& run_folder, MethodKind method) {
    const ResultKind result = sheet_of(method).result;
    if (result == ResultKind::Weights) return run_folder + "/model";
    return result == ResultKind::Subspace ? run_folder + "/subspace" : adapter_path(run_folder);
}

std::string checkpoint_path(const std::string& run_folder, std::int64_t step) {
    static constexpr std::size_t digits = 6;
    std::string number = std::to_string(step);
    if (number.size() < digits) number.insert(0, digits - number.size(), '0');
    return run_folder + "/checkpoints/" + std::string(step_prefix) + number;
}

std::vector<Checkpoint> list_checkpoints(const std::string& run_folder) {
    std::vector<Checkpoint> checkpoints;
    std::error_code error;
    for (fs::directory_iterator entry(run_folder + "/checkpoints", error), end; !error && entry != end;
         entry.increment(error)) {
        const auto step = step_of_name(entry->path().filename().string());
        std::error_code absent;
        if (step && fs::is_regular_file(entry->path() / "manifest.json", absent))
            checkpoints.push_back({*step, entry->path().string()});
    }
    std::sort(
        checkpoints.begin(), checkpoints.end(), [](const auto& a, const auto& b) { return a.step < b.step; });
    return checkpoints;
}

std::optional<Checkpoint> latest_checkpoint(const std::string& run_folder) {
    const auto checkpoints = list_checkpoints(run_folder);
    const auto whole = std::find_if(checkpoints.rbegin(), checkpoints.rend(),
        [](const Checkpoint& checkpoint) { return manifest_holds(checkpoint.folder); });
    if (whole == checkpoints.rend()) return std::nullopt;
    return *whole;
}

std::vector<std::string> set_damaged_checkpoints_aside(const std::string& run_folder) {
    const auto sound = latest_checkpoint(run_folder);
    std::vector<std::string> notes;
    for (const Checkpoint& each : list_checkpoints(run_folder)) {
        if (sound && each.step <= sound->step) continue;
        const fs::path place(each.folder);
        const fs::path aside =
            name_beside((place.parent_path() / ("damaged-" + place.filename().string())).string(), "-");
        std::error_code failure;
        fs::rename(place, aside, failure);
        if (failure) fail_system(each.folder, failure.value(), "a damaged checkpoint that can be set aside");
        notes.push_back(
            "The checkpoint of step " + std::to_string(each.step)
            + " is damaged: a file of it is not the one that its manifest.json lists. It was set aside as "
            + aside.string() + "; the run goes on from "
            + (sound ? "the checkpoint of step " + std::to_string(sound->step) : "its beginning") + ".");
    }
    return notes;
}

RunFile read_run_file(const std::string& run_folder) {
    const std::string path = settings_path(run_folder);
    std::error_code absent; // of something else in its place the reading says what it is
    if (!fs::exists(fs::symlink_status(path, absent)))
        fail(run_folder, "no run.json", "a run's folder", "choose the folder that the run was written to");
    const Json json = read_json(path);
    const JsonFields fields(json, path);
    const Json* settings = fields.find("settings");
    if (settings == nullptr) fail(path, "no settings", "the settings of a run");
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    RunFile run{recorded_settings(*settings, path + ": settings"), fields.integer("total_steps", 0, most),
        fields.strings("labels"), std::nullopt};
    if (fields.has("trainable_parameters")) {
        run.trainable = fields.integer("trainable_parameters", 0, most);
        run.head_parameters = fields.integer_or("head_parameters", 0, 0, *run.trainable);
    }
    return run;
}

bool is_run_active(const std::string& run_folder) {
    try {
        const RegularFile lock = open_regular(run_folder + "/.lock"); // a pipe there would be waited for
        return ::flock(lock.descriptor.number(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    } catch (const Error&) {
        return false;
    }
}

} // namespace lora
