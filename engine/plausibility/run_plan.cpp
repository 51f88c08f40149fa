#include "engine/plausibility/run_plan.h"

#include "engine/error.h"
#include "engine/settings/run_savings.h"
#include "engine/settings/run_steps.h"
#include "engine/settings/settings.h"
#include "engine/targets/targets.h"

#include <algorithm>

namespace lora {

namespace {

// Whether the numbers can be counted with. Which files are named does not matter: what was read of them does.
bool is_countable(const RunPlan& plan) {
    const std::vector<Fault> all = faults(plan.settings);
    return std::all_of(all.begin(), all.end(),
        [](const Fault& fault) { return fault.setting == "model" || fault.setting == "data.train"; });
}

std::size_t updates_of(const RunPlan& plan) {
    if (trains_weights(plan.settings.method)) return 0;
    return select_targets(plan.model->linears, plan.settings.lora.selection).size();
}

Savings counted_savings(const RunPlan& plan) {
    return savings_of(*plan.model, plan.settings, plan.train ? plan.train->labels.size() : 0);
}

MemoryEstimate memory_with(const RunPlan& plan, const Savings& savings) {
    const std::int64_t longest = plan.settings.data.max_length;
    const std::int64_t tokens = largest_micro_batch(*plan.train, longest, plan.settings.training);
    MemoryEstimate estimate = estimate_memory(*plan.model, savings, updates_of(plan), plan.settings, tokens,
        has_avx512(), lengths_vary(*plan.train, longest));
    if (estimate.process > 0) estimate.process += plan.window_bytes; // 0 on a GPU, whose memory it is not
    return estimate;
}

std::optional<Savings> known_savings(const RunPlan& plan) {
    if (!plan.model || !is_countable(plan)) return std::nullopt;
    try {
        return counted_savings(plan);
    } catch (const Error&) {
        return std::nullopt; // the words choose no linear, which is told beside their field
    }
}

} // namespace

MemoryEstimate memory_of(const RunPlan& plan) { return memory_with(plan, counted_savings(plan)); }

RunOutline outline_of(const RunPlan& plan) {
    RunOutline outline;
    if (plan.train && plan.train->samples > 0 && plan.settings.training.batch > 0)
        outline.steps = steps_of(plan.settings.training, plan.train->places());
    if (outline.steps && plan.pace && same_work(plan.pace->settings, plan.settings))
        outline.seconds = static_cast<double>(*outline.steps) * plan.pace->seconds_a_step;
    outline.savings = known_savings(plan);
    if (outline.savings && plan.train && plan.train->samples > 0)
        outline.memory = memory_with(plan, *outline.savings);
    return outline;
}

} // namespace lora
