// Runs that take more memory than there is, and how they would fit.

#include "engine/machine/memory_words.h"
#include "engine/plausibility/subjects.h"
#include "engine/settings/settings.h"

#include <algorithm>

namespace lora {

namespace {

// The estimate may be so much too high, and a run is not refused for that.
constexpr double estimate_error = 1.1;

bool fits(RunPlan plan, const std::vector<SettingChange>& changes) {
    plan.settings = mended(std::move(plan.settings), changes);
    const auto needed = outline_of(plan).memory;
    return needed && needed->total() <= plan.room->free_bytes;
}

/// As many parts of a batch as are needed; none where one sample at a time is too much.
std::vector<SettingChange> in_parts(const RunPlan& plan, const std::vector<SettingChange>& with) {
    const TrainingSettings& training = plan.settings.training;
    for (std::int64_t parts = training.accumulate; parts < training.batch;) {
        parts = std::min(2 * parts, training.batch);
        std::vector<SettingChange> changes = with;
        changes.push_back({"training.accumulate", parts});
        if (fits(plan, changes)) return changes;
    }
    return {};
}

/// What gives the same result in less memory: smaller parts first, which cost little time, then blocks that
/// run again.
std::vector<SettingChange> mend(const RunPlan& plan) {
    if (auto parts = in_parts(plan, {}); !parts.empty()) return parts;
    const std::string again = "training.gradient_checkpointing";
    if (plan.settings.training.gradient_checkpointing || !has_setting(plan.settings.method, again)) return {};
    const std::vector<SettingChange> recompute{{again, true}};
    return fits(plan, recompute) ? recompute : in_parts(plan, recompute);
}

} // namespace

std::vector<Doubt> memory_doubts(const RunPlan& plan, const std::optional<MemoryEstimate>& memory) {
    std::vector<Doubt> doubts;
    if (plan.settings.training.activation_offload && plan.model && plan.model->device == "cpu")
        doubts.push_back({"training.activation_offload",
            "{training.activation_offload} needs a GPU: on the CPU the activations are in the host's memory "
            "already.",
            {{"training.activation_offload", false}}, DoubtKind::Refusal});
    if (!plan.room || !memory || memory->total() <= plan.room->free_bytes) return doubts;
    const auto needed = static_cast<double>(memory->total());
    const bool never = needed > estimate_error * static_cast<double>(plan.room->all_bytes);
    const std::int64_t there = never ? plan.room->all_bytes : plan.room->free_bytes;
    doubts.push_back({"training.batch",
        "The run would take about " + memory_words(memory->total()) + " of memory, more than the "
            + memory_words(there) + (never ? " that this machine has." : " that are free."),
        mend(plan), never ? DoubtKind::Refusal : DoubtKind::Warning});
    return doubts;
}

} // namespace lora
