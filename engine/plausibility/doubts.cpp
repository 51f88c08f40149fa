#include "engine/plausibility/doubts.h"

#include "engine/plausibility/subjects.h"

#include <algorithm>

namespace lora {

std::vector<Doubt> doubts_of(const RunPlan& plan) {
    std::vector<Doubt> doubts;
    for (const auto& of_subject :
        {memory_doubts, length_doubts, rank_doubts, rate_doubts, step_doubts, evaluation_doubts}) {
        const std::vector<Doubt> found = of_subject(plan);
        doubts.insert(doubts.end(), found.begin(), found.end());
    }
    std::stable_partition(
        doubts.begin(), doubts.end(), [](const Doubt& doubt) { return doubt.kind == DoubtKind::Refusal; });
    return doubts;
}

} // namespace lora
