#pragma once
// A run's curves as files for other programs: CSV, and TensorBoard's event files.

#include "engine/runs/run_curves.h"

#include <string>
#include <vector>

namespace lora {

/// A line a step, RFC 4180: step, then run_curves() with the slash in their names as it is; a step without a
/// value has an empty cell.
std::string curves_csv(const RunRecord& run);

/// When a step was finished, in seconds since 1970: the run's begin plus the time its tokens took. Pauses do
/// not count.
std::vector<double> wall_times(const RunRecord& run, double begin);

/// An event file for TensorBoard with run_curves() and target_curves(). `begin`: when the run began, in
/// seconds since 1970.
std::string tensorboard_events(const RunRecord& run, double begin);

/// Writes it as TensorBoard looks for it: `FOLDER/<the run's
/// name>/events.out.tfevents.<begin>.lora-workbench`; gives the file's path. The begin is the time of
/// run.json. Throws DiskFull or Error.
std::string export_tensorboard(const RunRecord& run, const std::string& folder);

} // namespace lora
