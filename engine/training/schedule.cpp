#include "engine/training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lora {

std::int64_t warmup_steps(const TrainingSettings& settings, std::int64_t total_steps) {
    return settings.warmup.value_or(static_cast<std::int64_t>(0.03 * static_cast<double>(total_steps)));
}

double schedule_factor(Schedule schedule, std::int64_t index, std::int64_t warmup, std::int64_t total_steps) {
    if (index < warmup)
        return static_cast<double>(index) / static_cast<double>(std::max<std::int64_t>(1, warmup));
    const double progress = static_cast<double>(index - warmup)
                            / static_cast<double>(std::max<std::int64_t>(1, total_steps - warmup));
    switch (schedule) {
    case Schedule::Linear: return std::max(0.0, 1 - progress);
    case Schedule::Cosine: return std::max(0.0, 0.5 * (1 + std::cos(std::numbers::pi * progress)));
    case Schedule::Constant: return 1;
    }
    return 1;
}

} // namespace lora
