#include "engine/method_sheets/adalora_budget.h"

#include "engine/error.h"

namespace lora {

RankBudget rank_budget(const AdaLoraSettings& settings, std::int64_t initial, std::int64_t target,
    std::int64_t step, std::int64_t total_steps) {
    using Phase = RankBudget::Phase;
    const std::int64_t last = total_steps - settings.tfinal; // after this step nothing is taken any more
    if (step > last) return {Phase::Keep, target, false};
    if (step == last) return {Phase::Settle, target, true};
    if (step <= settings.tinit) return {Phase::Measure, initial, false};
    const double left =
        1 - static_cast<double>(step - settings.tinit) / static_cast<double>(last - settings.tinit);
    const double directions =
        static_cast<double>(initial - target) * left * left * left + static_cast<double>(target);
    return {Phase::Measure, static_cast<std::int64_t>(directions), step % settings.deltaT == 0};
}

void check_schedule(const AdaLoraSettings& settings, std::int64_t total_steps) {
    if (settings.tinit < total_steps - settings.tfinal) return;
    fail("{method_settings.adalora.tinit} and {method_settings.adalora.tfinal}",
        std::to_string(settings.tinit) + " and " + std::to_string(settings.tfinal) + " steps",
        "less than the run's " + std::to_string(total_steps)
            + " together, so that ranks can move in between");
}

} // namespace lora
