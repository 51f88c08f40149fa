#include "engine/settings/run_steps.h"

namespace lora {

std::int64_t steps_of(const TrainingSettings& training, std::int64_t samples) {
    if (training.steps) return *training.steps;
    return training.epochs * ((samples + training.batch - 1) / training.batch);
}

} // namespace lora
