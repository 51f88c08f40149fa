#pragma once
// What has to be known of all rows of a file before the first of them becomes an example: how many there are,
// where only some are taken, and which labels they have.

#include "engine/data/dataset_files.h"
#include "engine/data/goal.h"
#include "engine/data/labels.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

class FirstLook {
public:
    /// Opens the files anew.
    FirstLook(const DatasetFiles& files, Goal goal);

    /// Looks at one more row; false once nothing is left to look at, at once where nothing need be known.
    /// Throws Error with file and place where a row is wrong, or the labels are not what the goal asks for.
    bool advance();
    /// How much of the file is seen, from 0 to 1; 0 where its reader does not tell.
    double done() const { return rows_ ? rows_->done() : 1; }

    const Goal& goal() const { return goal_; }
    /// Of the whole file; 0 where they need not be counted.
    std::int64_t rows() const { return count_; }
    /// What is learned of the labels, by class; without any where tokens are learned.
    const Classes& classes() const { return classes_; }

private:
    void finish();

    std::string path_;
    Goal goal_;
    bool seeks_labels_;
    std::optional<RowsOfFiles> rows_; ///< none where nothing is left to look at
    std::int64_t count_ = 0;
    LabelSet found_;
    Classes classes_;
};

/// The same error with the file and the row's place before it.
[[noreturn]] void fail_in_row(const std::string& path, const Row& row, const std::exception& error);

} // namespace lora
