#pragma once
// A sweep's folder: sweep.json, runs/NNN-… (each an ordinary run's folder), results.json and results.csv.
// What became of a run is told by its own folder alone, so that a sweep goes on after any interruption.

#include "engine/sweeps/sweep.h"

#include <string>

namespace lora {

std::string sweep_path(const std::string& folder);   ///< sweep.json
std::string results_path(const std::string& folder); ///< results.json
std::string results_csv_path(const std::string& folder);
std::string runs_path(const std::string& folder); ///< the folder of its runs' folders
std::string run_path(const std::string& folder, const PlannedRun& run);

/// Throws Error if the folder holds no sweep.
Sweep read_sweep_folder(const std::string& folder);

/// Makes the folder, which must be new or empty, and writes sweep.json. Throws Error where a sweep is in it
/// already, or anything else, and as check_startable does.
void create_sweep_folder(const Sweep& sweep, const std::string& folder);

enum class SweepRunState {
    Waiting,  ///< not begun
    Running,  ///< a process works on it
    Stopped,  ///< begun, neither finished nor failed; goes on from its checkpoint
    Finished, ///< all its steps are done
    Failed,   ///< it could not start, or stopped by an error: see its reason
};
std::string name(SweepRunState state); ///< "waiting" and so on

/// Writes into a run's folder that it failed, and why. Throws DiskFull or Error.
void mark_failed(const std::string& run_folder, const std::string& why);
/// Takes that back: the run is one that has not begun, or goes on from its checkpoint. Throws DiskFull or
/// Error.
void take_failure_back(const std::string& run_folder);

/// What lies at a run's place without being a run: renamed, and its new name is given. Empty where nothing
/// lies there, or only what a start leaves that was cut off. Throws Error where that cannot be told or done.
std::string set_aside_what_is_no_run(const std::string& run_folder);

} // namespace lora
