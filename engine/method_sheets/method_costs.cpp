#include "engine/method_sheets/method_costs.h"

#include "engine/targets/rank_pattern.h"
#include "engine/targets/targets.h"
#include "engine/targets/weight_selection.h"

#include <algorithm>
#include <string>

namespace lora {

MethodCosts low_rank_costs(const RunSettings&, const TargetShapes& shapes) {
    return {shapes.A + shapes.B, shapes.A + shapes.B, 0};
}

TargetShapes shapes_of(const ModelSummary& model, const RunSettings& settings, bool trains_weights) {
    TargetShapes shapes;
    if (trains_weights) {
        shapes.weights = count_selected(model, settings.lora.selection);
        return shapes;
    }
    const std::vector<std::string> paths = select_targets(model.linears, settings.lora.selection);
    const std::set<std::string> chosen(paths.begin(), paths.end());
    for (const LinearInfo& linear : model.linears) {
        if (!chosen.contains(linear.path)) continue;
        const std::int64_t rank = rank_of(settings.lora, linear.path);
        shapes.A += rank * linear.in;
        shapes.B += rank * linear.out;
        shapes.squares += rank * rank;
        ++shapes.targets;
        shapes.out += linear.out;
        shapes.widths.insert(linear.in);
        shapes.largest_out = std::max(shapes.largest_out, linear.out);
    }
    return shapes;
}

} // namespace lora
