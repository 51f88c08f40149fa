#pragma once
// A sweep: many runs that differ in some settings, written down once. Its file is JSON:
//
//   {"name": "ranks", "about": "…",
//    "base": { settings as in run.json },
//    "runs": [{"training.lr": 1e-3}, …],           a list; may be left out
//    "axes": {"lora.rank": [1, 4, 16], …},         every combination, for each of the list
//    "keep_scale": true}                           α goes along with the rank; false where left out
//
// A setting is named by its place in run.json.

#include "engine/settings/settings.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace lora {

/// Settings by name and the values they get.
using SettingValues = std::vector<std::pair<std::string, Json>>;

struct SweepAxis {
    std::string setting;
    std::vector<Json> values;
    bool operator==(const SweepAxis&) const = default;
};

struct Sweep {
    std::string name;
    std::string about = {}; ///< what it asks, for people
    RunSettings base = {};
    std::vector<SettingValues> list = {}; ///< empty: as one entry that changes nothing
    std::vector<SweepAxis> axes = {};     ///< the last one changes fastest
    /// A run that gets another rank, and no α, gets the α at which its updates have the base's scale.
    bool keep_scale = false;
    bool operator==(const Sweep&) const = default;
};

constexpr std::size_t most_sweep_runs = 1000;

/// Throws Error naming `where` for unknown fields and settings, values of another kind, a setting that comes
/// twice, and more runs than most_sweep_runs.
Sweep sweep_from(const Json& json, const std::string& where);
Sweep read_sweep(const std::string& path);
Json to_json(const Sweep& sweep);

/// Makes relative paths absolute, wherever a run gets one: those of data lie in `data_folder`, model and
/// adapter in `folder`.
void resolve_paths(Sweep& sweep, const std::string& folder, const std::string& data_folder);

/// Relative paths of data that lie in no file of `folder`, each once.
std::vector<std::string> absent_data(const Sweep& sweep, const std::string& folder);

/// Gives the base another value: JSON, or else text as it stands. Throws Error for an unknown setting, a
/// value of another kind, and a setting that list or axes decide.
void set_base(Sweep& sweep, const std::string& setting, const std::string& value);

/// One run of a sweep.
struct PlannedRun {
    std::string name; ///< of its folder: "003-rank=4-seed=1"
    RunSettings settings;
    std::vector<Fault> faults = {}; ///< what is out of range
    bool operator==(const PlannedRun&) const = default;
};

/// All runs, the list's order first.
std::vector<PlannedRun> planned_runs(const Sweep& sweep);

/// Why the ranks of these runs do not compare: α does not go along with them, and with it the scale of the
/// updates differs. A sentence; empty where there is nothing to say.
std::string scale_warning(const std::vector<PlannedRun>& runs);

/// Throws Error for what would make every run fail: files that are not there, settings of the base out of
/// range.
void check_startable(const std::vector<PlannedRun>& runs);

} // namespace lora
