#include "engine/runs/run_folder.h"

#include "engine/error.h"
#include "engine/files/store.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <limits>
#include <string_view>

#include <sys/file.h>

#include <fcntl.h>
#include <unistd.h>

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

RunFile read_run_file(const std::string& run_folder) {
    const std::string path = settings_path(run_folder);
    std::error_code absent;
    if (!fs::is_regular_file(path, absent))
        fail(run_folder, "no run.json", "a run's folder", "choose the folder that the run was written to");
    const Json json = read_json(path);
    const JsonFields fields(json, path);
    const Json* settings = fields.find("settings");
    if (settings == nullptr) fail(path, "no settings", "the settings of a run");
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    RunFile run{run_settings(*settings, path + ": settings"), fields.integer("total_steps", 0, most),
        fields.strings("labels"), std::nullopt};
    if (fields.has("trainable_parameters")) {
        run.trainable = fields.integer("trainable_parameters", 0, most);
        run.head_parameters = fields.integer_or("head_parameters", 0, 0, *run.trainable);
    }
    return run;
}

bool is_run_active(const std::string& run_folder) {
    const int descriptor = ::open((run_folder + "/.lock").c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor); // lets go of the shared lock too
    return held;
}

} // namespace lora
