#include "engine/measures/health.h"

#include "engine/measures/spectrum_course.h"
#include "engine/measures/spectrum_health.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

namespace lora {

namespace {

void add_to(std::vector<Alarm>& alarms, std::optional<Alarm> alarm) {
    if (alarm) alarms.push_back(std::move(*alarm));
}

} // namespace

std::vector<Alarm> RunHealth::not_told(std::vector<Alarm> alarms) {
    std::erase_if(alarms,
        [&](const Alarm& alarm) { return std::find(told_.begin(), told_.end(), alarm.kind) != told_.end(); });
    for (const Alarm& alarm : alarms) told_.push_back(alarm.kind);
    return alarms;
}

std::vector<Alarm> RunHealth::add_step(std::int64_t step, double loss, double gradient_norm) {
    steps_.push_back(step);
    losses_.push_back(loss);
    return not_told(loss_health_.add_step(step, loss, gradient_norm));
}

std::vector<Alarm> RunHealth::add_evaluation(std::int64_t step, double loss) {
    return not_told(loss_health_.add_evaluation(step, loss));
}

std::vector<Alarm> RunHealth::add(const std::shared_ptr<const SpectraOfStep>& spectra) {
    spectra_.push_back(spectra);
    std::vector<Alarm> alarms;
    add_to(alarms, beyond_weights(*spectra));
    add_to(alarms, hardly_moved(*spectra));
    if (chosen_ranks_) {
        add_to(alarms, still_zero(*spectra));
        if (spectra_.size() > 1) add_to(alarms, jumped(*spectra_[spectra_.size() - 2], *spectra));
        add_to(alarms, grows_for_nothing(steps_, losses_, spectra_));
    }
    forget_passed(steps_, spectra_);
    return not_told(std::move(alarms));
}

std::vector<Alarm> RunHealth::add(const RunHistory& history) {
    std::vector<Alarm> alarms;
    const auto take = [&](std::vector<Alarm> found) {
        std::move(found.begin(), found.end(), std::back_inserter(alarms));
    };
    auto evaluation = history.evaluations.begin();
    auto measured = history.spectra.begin();
    const auto catch_up = [&](std::int64_t step) {
        for (; evaluation != history.evaluations.end() && evaluation->step <= step; ++evaluation)
            take(add_evaluation(evaluation->step, evaluation->loss));
        for (; measured != history.spectra.end() && (*measured)->step <= step; ++measured)
            take(add(*measured));
    };
    catch_up(0);
    for (std::size_t i = 0; i < history.steps.size(); ++i) {
        const bool known = i < history.gradient_norms.size();
        take(add_step(history.steps[i], history.losses[i], known ? history.gradient_norms[i] : 0));
        catch_up(history.steps[i]);
    }
    catch_up(std::numeric_limits<std::int64_t>::max());
    return alarms;
}

std::vector<Alarm> RunHealth::end() {
    std::vector<Alarm> alarms;
    add_to(alarms, loss_health_.ended_worse());
    add_to(alarms, loss_health_.ended_unmoved());
    add_to(alarms, loss_health_.ended_in_a_spike());
    if (chosen_ranks_ && !spectra_.empty()) {
        add_to(alarms, uses_one_direction(*spectra_.back()));
        add_to(alarms, starved(*spectra_.back()));
    }
    return not_told(std::move(alarms));
}

std::vector<Alarm> find_alarms(const RunHistory& history) {
    RunHealth health(history.chosen_ranks);
    std::vector<Alarm> alarms = health.add(history);
    for (Alarm& alarm : health.end()) alarms.push_back(std::move(alarm));
    return alarms;
}

} // namespace lora
