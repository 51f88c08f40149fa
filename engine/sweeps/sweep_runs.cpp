#include "engine/sweeps/sweep_runs.h"

#include "engine/sweeps/sweep_folder.h"

#include <filesystem>
#include <iterator>
#include <utility>

namespace lora {

std::vector<RunListing> list_sweep_runs(const std::string& sweeps) {
    std::vector<RunListing> all;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(sweeps, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        std::vector<RunListing> runs = list_runs(runs_path(entry->path().string()));
        for (RunListing& run : runs) run.name = entry->path().filename().string() + '/' + run.name;
        std::move(runs.begin(), runs.end(), std::back_inserter(all));
    }
    return all;
}

} // namespace lora
