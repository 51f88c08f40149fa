#include "engine/runs/evaluation_watch.h"

namespace lora {

bool EvaluationWatch::add(const EvaluationRecord& evaluation) {
    if (evaluation.step == 0) return false;
    const bool better = !best_ || evaluation.loss < best_->loss;
    if (better) best_ = evaluation;
    without_gain_ = better ? 0 : without_gain_ + 1;
    return better;
}

} // namespace lora
