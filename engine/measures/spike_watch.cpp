#include "engine/measures/spike_watch.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace lora {

namespace {

constexpr std::size_t level_steps = 15;  // the level is of so many, so that it follows a loss that falls
constexpr std::size_t spread_steps = 40; // and the spread of more
constexpr std::size_t least_steps = 10;
constexpr int first_steps = 20;
constexpr double spreads = 6;             // that a spike stands out by
constexpr double least_factor = 1.5;      // times the level, however smooth the run is
constexpr double least_height = 0.1;      // of the first losses: near zero a factor means nothing
constexpr std::size_t lasting = 3;        // steps: no single batch
constexpr std::size_t longest = 20;       // what lasts longer is the new level
constexpr double spread_of_middle = 1.05; // standard deviation over the median distance of two neighbours
constexpr double least_loss = 1e-6;       // has a logarithm

double middle_of(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Of neighbours, since they lie together also where the loss falls.
double spread_of(const std::deque<double>& values) {
    std::vector<double> distances;
    for (std::size_t i = 1; i < values.size(); ++i) distances.push_back(std::abs(values[i] - values[i - 1]));
    return spread_of_middle * middle_of(std::move(distances));
}

double level_of(const std::deque<double>& values) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(level_steps, values.size()));
    return middle_of({values.end() - count, values.end()});
}

} // namespace

void SpikeWatch::remember(double loss) {
    recent_.push_back(std::log(std::max(loss, least_loss)));
    if (recent_.size() > spread_steps) recent_.pop_front();
}

std::optional<SpikeWatch::Spike> SpikeWatch::begun(std::int64_t step, double loss) const {
    if (recent_.size() < least_steps) return std::nullopt;
    const double level = level_of(recent_);
    const double bound = std::max(std::log(least_factor), spreads * spread_of(recent_));
    const double before = std::exp(level);
    if (!(std::log(std::max(loss, least_loss)) > level + bound)) return std::nullopt;
    if (loss - before < least_height * first_) return std::nullopt;
    return Spike{before, loss, step, 1, bound};
}

std::optional<SpikeWatch::Spike> SpikeWatch::go_on(Spike& spike, std::int64_t step, double loss) {
    if (loss < spike.level * std::exp(spike.bound / 2)) {
        const Spike over = spike;
        now_.reset();
        remember(loss);
        return over.steps >= lasting ? std::optional(over) : std::nullopt;
    }
    if (loss > spike.highest) {
        spike.highest = loss;
        spike.step = step;
    }
    if (++spike.steps > longest) {
        now_.reset();
        recent_.clear();
        --spikes_;
    }
    return std::nullopt;
}

std::optional<SpikeWatch::Spike> SpikeWatch::add(std::int64_t step, double loss) {
    if (!std::isfinite(loss)) return std::nullopt;
    if (steps_ < first_steps) first_ += (loss - first_) / ++steps_;
    if (now_) return go_on(*now_, step, loss);
    now_ = begun(step, loss);
    if (!now_) {
        remember(loss);
        return std::nullopt;
    }
    return ++spikes_ > 1 ? now_ : std::nullopt;
}

std::optional<SpikeWatch::Spike> SpikeWatch::unfinished() const {
    return now_ && now_->steps >= lasting ? now_ : std::nullopt;
}

} // namespace lora
