#include "engine/plausibility/doubts.h"

#include "engine/plausibility/subjects.h"

#include <algorithm>

namespace lora {

std::vector<Doubt> doubts_of(const RunPlan& plan, const RunOutline& outline) {
    std::vector<Doubt> doubts = memory_doubts(plan, outline.memory);
    for (const auto& of_subject : {length_doubts, rank_doubts, rate_doubts, step_doubts, evaluation_doubts}) {
        const std::vector<Doubt> found = of_subject(plan);
        doubts.insert(doubts.end(), found.begin(), found.end());
    }
    std::stable_partition(
        doubts.begin(), doubts.end(), [](const Doubt& doubt) { return doubt.kind == DoubtKind::Refusal; });
    return doubts;
}

std::vector<Doubt> doubts_of(const RunPlan& plan) { return doubts_of(plan, outline_of(plan)); }

} // namespace lora
