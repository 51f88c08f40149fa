// Learning rates, batches and steps that hardly any run is meant to have.

#include "engine/plausibility/subjects.h"
#include "engine/settings/run_steps.h"
#include "engine/settings/settings.h"

#include <algorithm>

namespace lora {

namespace {

constexpr std::int64_t few_steps = 10;  // in fewer, AdamW has hardly left its start
constexpr std::int64_t some_steps = 50; // a beginning, at which curves are worth a look

std::int64_t usual_batch() { return TrainingSettings{}.batch; }

Doubt large_batch(const RunPlan& plan) {
    const TrainingSettings& training = plan.settings.training;
    const std::int64_t samples = plan.train->places();
    const char* what = plan.train->packing.packs > 0 ? " packs" : " samples";
    const std::int64_t batch = std::min(samples, usual_batch());
    Doubt made{"training.batch",
        "{training.batch} " + std::to_string(training.batch) + " is more than the " + std::to_string(samples)
            + what + " there are: each step would see all of them, and an epoch would be one step.",
        {{"training.batch", batch}}};
    if (training.accumulate > batch) made.mend.push_back({"training.accumulate", batch});
    return made;
}

Doubt hardly_any_steps(const RunPlan& plan, std::int64_t steps) {
    const TrainingSettings& training = plan.settings.training;
    const bool given = training.steps.has_value();
    const std::string setting = given ? "training.steps" : "training.epochs";
    const std::int64_t an_epoch =
        std::max<std::int64_t>(1, steps / std::max<std::int64_t>(1, training.epochs));
    const std::int64_t wanted = given ? some_steps : (some_steps + an_epoch - 1) / an_epoch;
    return {setting,
        "The run would have " + std::to_string(steps) + (steps == 1 ? " step" : " steps")
            + " in all, in which hardly anything is learned.",
        {{setting, wanted}}};
}

bool never_warm(const TrainingSettings& training, std::int64_t steps) {
    if (!training.warmup || *training.warmup < steps || steps < 1) return false;
    return !training.steps || *training.warmup <= *training.steps; // above the steps it is a fault
}

} // namespace

std::vector<Doubt> rate_doubts(const RunPlan& plan) {
    const MethodSheet& sheet = sheet_of(plan.settings.method);
    const double rate = plan.settings.training.lr;
    const bool high = rate > sheet.rates.highest, low = rate > 0 && rate < sheet.rates.lowest;
    if (!high && !low) return {};
    return {{"training.lr",
        "{training.lr} " + number_text(rate) + " is far " + (high ? "above" : "below") + " what "
            + sheet.title + " is trained with, " + number_text(sheet.rates.lowest) + " to "
            + number_text(sheet.rates.highest)
            + (high ? ": the loss would rise in place of falling." : ": hardly anything would be learned."),
        {{"training.lr", sheet.lr}}}};
}

std::vector<Doubt> step_doubts(const RunPlan& plan) {
    const TrainingSettings& training = plan.settings.training;
    if (!plan.train || plan.train->samples < 1 || training.batch < 1 || training.epochs < 1) return {};
    const std::int64_t steps = steps_of(training, plan.train->places());
    if (steps < 1) return {};
    std::vector<Doubt> doubts;
    if (training.batch > plan.train->places()) doubts.push_back(large_batch(plan));
    if (steps < few_steps) doubts.push_back(hardly_any_steps(plan, steps));
    if (never_warm(training, steps))
        doubts.push_back({"training.warmup",
            "{training.warmup} " + std::to_string(*training.warmup) + " is no shorter than the run of "
                + std::to_string(steps) + " steps: the learning rate would never be reached.",
            {{"training.warmup", Json()}}});
    return doubts;
}

} // namespace lora
