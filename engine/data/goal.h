#pragma once
// What the rows of a file are read for.

#include "engine/data/column_mapping.h"
#include "engine/task.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

struct Goal {
    Task task = Task::NextToken;
    std::vector<std::string> labels; ///< of a classification, by class; empty: those that the file has
    std::int64_t rows = 0;           ///< so many, evenly spaced, where the file has more; 0: all
    bool last_turn = false;          ///< of a chat, only the assistant's last turn is learned
    bool numbered = false;           ///< the labels are mere numbers: the file's names may take their places
    bool replaceable = false;        ///< where the file has other labels, they are taken
    bool distinct = false;           ///< samples that equal an earlier one are left out
    ColumnMapping mapping = {};      ///< of the columns, said by hand
    Problem problem = Problem::Unsaid; ///< of a classification
    std::optional<bool> flags = {};    ///< see Classes; none: as the file's lists look
};

struct Classes;
struct DataSettings;

/// The goal with what these settings say of the rows to train on. Throws Error where they say another problem
/// than a head that is gone on with.
Goal training_goal(Goal goal, const DataSettings& settings);
/// The same of a second file: it has the classes of the first, and no others.
Goal evaluation_goal(const DataSettings& settings, Task task, const Classes& classes);

/// Throws Error where they pack samples for a classifier, whose batches are counted in texts.
void refuse_packing_of_labels(const DataSettings& settings, Task task);

} // namespace lora
