#include "engine/data/goal.h"

#include "engine/data/data_settings.h"
#include "engine/data/labels.h"
#include "engine/error.h"

namespace lora {

Goal training_goal(Goal goal, const DataSettings& settings) {
    goal.rows = settings.train_rows;
    goal.distinct = settings.deduplicate;
    goal.last_turn = settings.last_turn;
    if (settings.problem_type != Problem::Unsaid && goal.task == Task::Classification) {
        const bool is_kept = !goal.replaceable && goal.problem != Problem::Unsaid;
        if (is_kept && goal.problem != settings.problem_type)
            fail("{data.problem_type}", name(settings.problem_type),
                std::string(name(goal.problem)) + ", as the head was trained");
        goal.problem = settings.problem_type;
    }
    goal.mapping = ColumnMapping(settings.columns, settings.row_template);
    return goal;
}

Goal evaluation_goal(const DataSettings& settings, Task task, const Classes& classes) {
    Goal goal = training_goal({.task = task, .labels = classes.labels}, settings);
    goal.problem = classes.problem;
    goal.flags = classes.flags;
    goal.rows = settings.eval_rows;
    return goal;
}

void refuse_packing_of_labels(const DataSettings& settings, Task task) {
    if (settings.packing && task == Task::Classification)
        fail("{data.packing}", "on, for a classifier", "off",
            "each text has a label of its own, and batches have no padding in any case");
}

} // namespace lora
