#include "engine/training/advice_rows.h"

#include "engine/error.h"

#include <utility>

namespace lora {

namespace {

Dataset second_file(const DataSettings& settings, const Tokenizer& tokenizer, const Goal& of_adapter,
    const std::stop_token& stop) {
    Goal goal = training_goal(of_adapter, settings);
    goal.rows = settings.eval_rows;
    return load_dataset(settings.eval, tokenizer, settings.max_length, stop, goal);
}

} // namespace

RowsOfAdvice rows_of_advice(
    const DataSettings& settings, const Tokenizer& tokenizer, const Goal& goal, const std::stop_token& stop) {
    if (settings.train.empty() && settings.eval.empty()) fail("data", "no file", "one to measure on");
    if (settings.train.empty()) return {second_file(settings, tokenizer, goal, stop), AdviceRows::File};
    // A classifier's second file has the classes of the first one; else the first need not be read.
    if (!settings.eval.empty() && goal.task != Task::Classification)
        return {second_file(settings, tokenizer, goal, stop), AdviceRows::HeldOut};
    TrainAndEval sets = load_datasets(settings, tokenizer, stop, goal);
    if (sets.eval) return {std::move(*sets.eval), AdviceRows::HeldOut};
    return {std::move(sets.train), AdviceRows::Training};
}

} // namespace lora
