#include "engine/plausibility/run_pace.h"

#include <numeric>

namespace lora {

namespace {

constexpr std::size_t enough_steps = 3;

RunSettings work_of(RunSettings settings) {
    const TrainingSettings usual;
    TrainingSettings& training = settings.training;
    training.steps = usual.steps;
    training.epochs = usual.epochs;
    training.lr = usual.lr;
    training.schedule = usual.schedule;
    training.warmup = usual.warmup;
    training.weight_decay = usual.weight_decay;
    training.clip = usual.clip;
    training.seed = usual.seed;
    training.eval_every = usual.eval_every;
    training.patience = usual.patience;
    training.spectrum_every = usual.spectrum_every;
    training.checkpoint_every = usual.checkpoint_every;
    training.checkpoint_minutes = usual.checkpoint_minutes;
    settings.lora.alpha = LoraSettings{}.alpha;
    settings.lora.alpha_pattern.clear();
    settings.lora.init = InitialA::Uniform;
    return settings;
}

} // namespace

std::optional<RunPace> pace_of(const RunSettings& settings, const std::vector<double>& seconds) {
    if (seconds.size() < 1 + enough_steps) return std::nullopt;
    const double sum = std::accumulate(seconds.begin() + 1, seconds.end(), 0.0);
    return RunPace{settings, sum / static_cast<double>(seconds.size() - 1)};
}

bool same_work(const RunSettings& one, const RunSettings& other) { return work_of(one) == work_of(other); }

} // namespace lora
