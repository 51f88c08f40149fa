#include "engine/data/goal.h"

#include "engine/data/data_settings.h"

#include <utility>

namespace lora {

Goal training_goal(Goal goal, const DataSettings& settings) {
    goal.rows = settings.train_rows;
    goal.distinct = settings.deduplicate;
    goal.last_turn = settings.last_turn;
    goal.mapping = ColumnMapping(settings.columns, settings.row_template);
    return goal;
}

Goal evaluation_goal(const DataSettings& settings, Task task, std::vector<std::string> labels) {
    Goal goal = training_goal({.task = task, .labels = std::move(labels)}, settings);
    goal.rows = settings.eval_rows;
    return goal;
}

} // namespace lora
