#include "engine/data/first_look.h"

#include "engine/error.h"

#include <utility>

namespace lora {

FirstLook::FirstLook(const DatasetFiles& files, Goal goal)
    : path_(files.path()), goal_(std::move(goal)),
      seeks_labels_(
          goal_.task == Task::Classification
          && (goal_.labels.empty() || goal_.numbered || goal_.replaceable || goal_.problem == Problem::Unsaid
              || (goal_.problem == Problem::MultiLabel && !goal_.flags))),
      found_(goal_.problem) {
    if (goal_.task == Task::Classification)
        classes_ = {.labels = goal_.labels, .problem = goal_.problem, .flags = goal_.flags.value_or(false)};
    if (!files.is_plain_text() && (seeks_labels_ || goal_.rows > 0)) rows_ = files.rows(goal_.mapping);
}

bool FirstLook::advance() {
    if (!rows_) return false;
    const std::optional<Row> row = rows_->next();
    if (!row) {
        finish();
        return false;
    }
    ++count_;
    if (!seeks_labels_) return true;
    try {
        found_.add(*row);
    } catch (const Error& error) {
        fail_in_row(path_, *row, error);
    }
    return true;
}

void FirstLook::finish() {
    rows_.reset();
    if (!seeks_labels_) return;
    try {
        classes_ = learned_classes(found_, goal_);
    } catch (const Error& error) {
        throw Error(path_ + ": " + error.what());
    }
}

void fail_in_row(const std::string& path, const Row& row, const std::exception& error) {
    throw Error(path + ": " + row.place + ": " + error.what());
}

} // namespace lora
