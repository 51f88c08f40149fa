#pragma once
// A dataset read as a run would be fed it, a little at a time: what it comes to, and any of its rows again.
// Memory: a byte or two a row, some for each different sample, nothing of the rows themselves.

#include "engine/data/data_settings.h"
#include "engine/data/dataset_files.h"
#include "engine/data/fed_rows.h"
#include "engine/data/first_look.h"
#include "engine/survey/counts.h"
#include "engine/survey/readable_row.h"
#include "engine/survey/row_tally.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace lora {

class Survey {
public:
    /// Of the training file or, if asked for, of data.eval, with `goal` as load_datasets() has it. Throws
    /// Error for files that cannot be opened or are none.
    Survey(DataSettings data, bool evaluation, Tokenizer tokenizer, Goal goal);
    Survey(Survey&&) = delete;

    /// What a file is known to be unchanged by.
    struct Stamp {
        std::uintmax_t size_bytes = 0;
        std::filesystem::file_time_type written = std::filesystem::file_time_type::min();
        bool operator==(const Stamp&) const = default;
    };

    /// Reads one more row; false once all are read. Throws Error where a row is wrong: what was read before
    /// it stays.
    bool advance();
    bool is_finished() const { return finished_; }
    /// How much of the work is done, from 0 to 1; 0 where it is not known.
    double done() const;

    /// So far. What needs all rows (packing, what is held out) is told at the end.
    const SurveyCounts& counts() const { return counts_; }

    // Any of the counts_.rows rows so far, read anew from the file. Indices are from 0.

    /// Throws std::out_of_range for one that is not read yet, Error where the file has changed.
    ReadableRow row(std::int64_t index) const;
    /// Some of them one after the other; fewer at the end.
    std::vector<RowHead> heads(std::int64_t first, std::int64_t count) const;
    /// The next row with this mark behind `from`, round the end back to it; none if there is none.
    std::optional<std::int64_t> next(RowMark mark, std::int64_t from) const;
    /// The longest one before the cut, the first of several; none while nothing is read.
    std::optional<std::int64_t> longest() const;
    /// The first row in this line or behind it; the last one where the line is behind all; none without rows.
    std::optional<std::int64_t> at_line(std::int64_t line) const;
    /// Rows as they are fed, from this one on.
    FedRows rows_from(std::int64_t index) const;
    const Tokenizer& tokenizer() const { return tokenizer_; }

private:
    struct Bookmark {
        std::int64_t index = 0;
        std::int64_t line = 0; ///< of the row before it
        FedRows rows;
    };
    void look_at(const DatasetFiles& files, Goal goal) { look_.emplace(files, std::move(goal)); }
    bool read_on();
    void check_unchanged() const;
    void begin_rows();
    void leave_bookmark();
    void finish();
    RowHead marked(RowHead head, std::int64_t index) const;
    /// The last one that is not behind what `is_behind` tells.
    const Bookmark& nearest(const auto& is_behind) const;

    DataSettings data_;
    bool evaluation_;
    Tokenizer tokenizer_;
    Goal goal_;
    Stamp stamp_;                               ///< of files_, before they were opened
    DatasetFiles files_;                        ///< whose rows are read
    std::unique_ptr<const DatasetFiles> train_; ///< of an evaluation file's labels
    std::optional<FirstLook> look_;
    bool looks_at_train_ = false;
    std::optional<FedRows> rows_; ///< once the looks are done
    std::vector<Bookmark> bookmarks_;
    std::int64_t spacing_ = 256; ///< rows from bookmark to bookmark
    RowTally tally_;
    std::int64_t line_ = 0; ///< of the row read last
    SurveyCounts counts_;
    bool finished_ = false;
};

} // namespace lora
