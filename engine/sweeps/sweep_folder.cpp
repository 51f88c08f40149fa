#include "engine/sweeps/sweep_folder.h"

#include "engine/error.h"
#include "engine/files/events_log.h"
#include "engine/files/new_folder.h"
#include "engine/files/store.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_folder.h"

#include <filesystem>

namespace lora {

namespace fs = std::filesystem;

namespace {

constexpr JsonLimits sweep_limits = {4 << 20, 64};

// What is left of a start that was cut off before sweep.json was there.
bool is_left_over(const fs::path& left) {
    const std::string name = left.filename().string();
    return name == ".lock" || name.starts_with("sweep.json.tmp-");
}

} // namespace

std::string sweep_path(const std::string& folder) { return folder + "/sweep.json"; }
std::string results_path(const std::string& folder) { return folder + "/results.json"; }
std::string results_csv_path(const std::string& folder) { return folder + "/results.csv"; }
std::string run_path(const std::string& folder, const PlannedRun& run) {
    return folder + "/runs/" + run.name;
}

Sweep read_sweep_folder(const std::string& folder) {
    const std::string path = sweep_path(folder);
    std::error_code absent;
    if (!fs::is_regular_file(path, absent))
        fail(folder, "no sweep.json", "a sweep's folder", "choose the folder that the sweep was written to");
    return sweep_from(read_json(path, sweep_limits), path);
}

void create_sweep_folder(const Sweep& sweep, const std::string& folder) {
    check_startable(planned_runs(sweep));
    std::error_code absent;
    if (fs::exists(sweep_path(folder), absent))
        fail(folder, "a sweep that has begun", "a new or empty folder",
            "go on with it: lora sweep --resume " + folder);
    make_new_folder(folder, "sweep", is_left_over);
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

} // namespace lora
