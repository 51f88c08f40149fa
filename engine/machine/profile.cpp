#include "engine/machine/profile.h"

namespace lora {

std::string name(Phase phase) {
    static constexpr std::array<const char*, phase_count> names{"load", "dataset", "batch", "attention",
        "mlp", "head", "backward", "recorded", "optimizer", "other", "spectra", "evaluation", "checkpoint"};
    return names[static_cast<std::size_t>(phase)];
}

void Profile::add(Phase phase, double seconds) {
    PhaseTime& time = phases[static_cast<std::size_t>(phase)];
    time.seconds += seconds;
    ++time.times;
}

double Profile::seconds() const {
    double sum = 0;
    for (const PhaseTime& time : phases) sum += time.seconds;
    return sum;
}

} // namespace lora
