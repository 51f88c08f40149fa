#include "engine/sweeps/sweep_folder.h"

#include "engine/error.h"
#include "engine/files/descriptor.h"
#include "engine/files/events_log.h"
#include "engine/files/new_folder.h"
#include "engine/files/staging.h"
#include "engine/files/store.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_folder.h"

#include <algorithm>
#include <filesystem>

namespace lora {

namespace fs = std::filesystem;

namespace {

constexpr JsonLimits sweep_limits = {4 << 20, 64};

// What a run's start leaves that was cut off before run.json was there: a lock, half a file, and events that
// tell of no step.
bool is_of_a_cut_start(const fs::path& left) {
    const std::string name = left.filename().string();
    if (name == ".lock" || is_left_over(name)) return true;
    if (left != events_path(left.parent_path().string())) return false;
    const SoundEvents events = read_events(left.string());
    return events.fault.empty()
           && std::none_of(events.events.begin(), events.events.end(),
               [](const Json& event) { return kind_of(event) == EventKind::Step; });
}

// What is left of a start that was cut off before sweep.json was there.
bool is_of_a_cut_sweep(const fs::path& left) {
    const std::string name = left.filename().string();
    return name == ".lock" || name.starts_with("sweep.json.tmp-");
}

} // namespace

std::string sweep_path(const std::string& folder) { return folder + "/sweep.json"; }
std::string results_path(const std::string& folder) { return folder + "/results.json"; }
std::string results_csv_path(const std::string& folder) { return folder + "/results.csv"; }
std::string runs_path(const std::string& folder) { return folder + "/runs"; }
std::string run_path(const std::string& folder, const PlannedRun& run) {
    return runs_path(folder) + '/' + run.name;
}

Sweep read_sweep_folder(const std::string& folder) {
    const std::string path = sweep_path(folder);
    std::error_code absent; // of something else in its place the reading says what it is
    if (!fs::exists(fs::symlink_status(path, absent)))
        fail(folder, "no sweep.json", "a sweep's folder", "choose the folder that the sweep was written to");
    return sweep_from(read_json(path, sweep_limits), path);
}

void create_sweep_folder(const Sweep& sweep, const std::string& folder) {
    check_startable(planned_runs(sweep));
    std::error_code absent;
    if (fs::exists(sweep_path(folder), absent))
        fail(folder, "a sweep that has begun", "a new or empty folder",
            "go on with it: lora sweep --resume " + folder);
    make_new_folder(folder, "sweep", is_of_a_cut_sweep);
    Json json = to_json(sweep);
    json["version"] = LORA_VERSION;
    write_file(sweep_path(folder), json.dump(2) + "\n");
}

std::string name(SweepRunState state) {
    switch (state) {
    case SweepRunState::Waiting: return "waiting";
    case SweepRunState::Running: return "running";
    case SweepRunState::Stopped: return "stopped";
    case SweepRunState::Finished: return "finished";
    case SweepRunState::Failed: return "failed";
    }
    return {};
}

void mark_failed(const std::string& run_folder, const std::string& why) {
    make_folder(run_folder);
    EventsLog(events_path(run_folder)).append(error_event(why));
}

void take_failure_back(const std::string& run_folder) {
    keep_events(
        events_path(run_folder), [](const Json& event) { return kind_of(event) != EventKind::Error; });
}

std::string set_aside_what_is_no_run(const std::string& run_folder) {
    std::error_code failure;
    const bool is_run = fs::exists(settings_path(run_folder), failure);
    if (failure) fail_system(run_folder, failure.value(), "a run's folder, or none");
    if (is_run || !fs::exists(run_folder, failure)) return {};
    fs::directory_iterator entry(run_folder, failure), end;
    for (; !failure && entry != end; entry.increment(failure))
        if (!is_of_a_cut_start(entry->path())) break;
    if (failure) fail_system(run_folder, failure.value(), "a folder that can be read");
    if (entry == end) {
        fs::remove(events_path(run_folder), failure); // it tells of no step; a start wants its place empty
        return {};
    }
    std::string aside = name_beside(run_folder, "-set-aside-");
    fs::rename(run_folder, aside, failure);
    if (failure) fail_system(run_folder, failure.value(), "a folder that can be renamed");
    return aside;
}

} // namespace lora
