#include "engine/targets/weight_selection.h"

#include "engine/error.h"
#include "engine/targets/targets.h"

#include <set>

namespace lora {

bool selects_everything(const TargetSelection& selection) {
    if (selection.targets != everything) return false;
    if (!selection.layers.empty())
        fail("{lora.selection.layers}", "'" + shown(selection.layers) + "'",
            "none with {lora.selection.targets=everything}", "take all-linear to choose blocks");
    return true;
}

std::vector<std::string> selected_matrices(
    const std::vector<LinearInfo>& linears, const TargetSelection& selection) {
    std::vector<std::string> names;
    for (const std::string& path : select_targets(linears, selection)) names.push_back(path + ".weight");
    return names;
}

std::int64_t count_selected(const ModelSummary& model, const TargetSelection& selection) {
    if (selects_everything(selection)) return model.parameters;
    const std::vector<std::string> paths = select_targets(model.linears, selection);
    const std::set<std::string> chosen(paths.begin(), paths.end());
    std::int64_t count = 0;
    for (const LinearInfo& linear : model.linears)
        if (chosen.contains(linear.path)) count += linear.in * linear.out;
    return count;
}

} // namespace lora
