#include "engine/survey/survey.h"

#include "engine/data/dataset.h"
#include "engine/data/dataset_paths.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace lora {

namespace {

/// Rows from one look at whether the file is still as it was to the next.
constexpr std::int64_t checked_every = 64;

/// Beyond so many bookmarks every second one is taken out.
constexpr std::size_t most_bookmarks = 4096;

Survey::Stamp stamp_of(const std::string& path) {
    // The file clock counts from a time to come: what is written today lies before its zero.
    Survey::Stamp stamp{.written = std::filesystem::file_time_type::min()};
    for (const std::string& file : files_of_dataset(path)) {
        std::error_code none;
        stamp.size_bytes += std::filesystem::file_size(file, none);
        stamp.written = std::max(stamp.written, std::filesystem::last_write_time(file, none));
    }
    return stamp;
}

} // namespace

Survey::Survey(DataSettings data, bool evaluation, Tokenizer tokenizer, Goal goal)
    : data_(std::move(data)), evaluation_(evaluation), tokenizer_(std::move(tokenizer)),
      goal_(training_goal(std::move(goal), data_)), stamp_(stamp_of(evaluation ? data_.eval : data_.train)),
      files_(evaluation ? data_.eval : data_.train), tally_(data_.deduplicate) {
    counts_.path = files_.path();
    counts_.plain_text = files_.is_plain_text();
    counts_.max_length = data_.max_length;
    counts_.is_packed = data_.packing && !evaluation;
    refuse_packing_of_labels(data_, goal_.task);
    // The evaluation set has the training set's labels.
    looks_at_train_ = evaluation && goal_.task == Task::Classification;
    if (looks_at_train_) train_ = std::make_unique<const DatasetFiles>(data_.train);
    if (looks_at_train_)
        look_at(*train_, goal_);
    else
        look_at(files_, evaluation ? evaluation_goal(data_, goal_.task, Classes()) : goal_);
}

double Survey::done() const {
    if (finished_) return 1;
    return rows_ ? rows_->done() : 0;
}

// What a file that was cut short meanwhile has lost reads as zeros, which is a fault of no row.
bool Survey::advance() {
    try {
        return read_on();
    } catch (const Error&) {
        check_unchanged();
        throw;
    }
}

bool Survey::read_on() {
    if (finished_) return false;
    if (!rows_) {
        if (look_->advance()) return true;
        if (std::exchange(looks_at_train_, false)) {
            look_at(files_, evaluation_goal(data_, goal_.task, look_->classes()));
            return true;
        }
        begin_rows();
        return true;
    }
    if (counts_.rows % checked_every == 0) check_unchanged();
    if (counts_.rows % spacing_ == 0) leave_bookmark();
    const std::optional<FedRow> row = rows_->next();
    if (row) {
        line_ = row->example.line;
        tally_.take(*row, counts_);
    } else {
        finish();
    }
    return !finished_;
}

void Survey::check_unchanged() const {
    if (stamp_of(counts_.path) != stamp_)
        fail(counts_.path, "a file that was changed since it was opened", "a file at rest", "read it again");
}

void Survey::begin_rows() {
    counts_.labels = look_->classes().labels;
    counts_.problem = look_->classes().problem;
    counts_.per_label.assign(counts_.labels.size(), 0);
    if (!look_->classes().word.empty()) counts_.notes.push_back(counts_.path + ": " + look_->classes().word);
    rows_.emplace(files_, tokenizer_, data_.max_length, *look_);
    std::optional<FedRows> front = rows_->bookmark();
    if (!front) front.emplace(files_, tokenizer_, data_.max_length, *look_);
    bookmarks_.push_back({0, 0, std::move(*front)});
}

void Survey::leave_bookmark() {
    if (counts_.rows == 0) return;
    std::optional<FedRows> here = rows_->bookmark();
    if (!here) return;
    bookmarks_.push_back({counts_.rows, line_, std::move(*here)});
    if (bookmarks_.size() < most_bookmarks) return;
    std::vector<Bookmark> kept;
    for (std::size_t i = 0; i < bookmarks_.size(); i += 2) kept.push_back(std::move(bookmarks_[i]));
    bookmarks_ = std::move(kept);
    spacing_ *= 2;
}

void Survey::finish() {
    finished_ = true;
    counts_.left_over = rows_->left_over();
    tally_.finish(files_.format_name(), rows_->maker(), counts_);
    if (!goal_.mapping.empty()) counts_.read_as += " (" + goal_.mapping.words() + ")";
    if (counts_.samples == 0)
        fail(counts_.path, "no sample with anything to learn in " + std::to_string(counts_.rows) + " rows",
            "at least one completion or text of its own within " + std::to_string(data_.max_length)
                + " tokens",
            "raise {data.max_length}, or check the completions");
    if (!evaluation_ && data_.eval.empty() && data_.eval_split > 0)
        counts_.held_out = std::llround(data_.eval_split * static_cast<double>(counts_.samples));
}

const Survey::Bookmark& Survey::nearest(const auto& is_behind) const {
    auto behind = std::partition_point(
        bookmarks_.begin() + 1, bookmarks_.end(), [&](const Bookmark& each) { return !is_behind(each); });
    return *(behind - 1);
}

FedRows Survey::rows_from(std::int64_t index) const {
    check_unchanged();
    if (index < 0 || index >= counts_.rows) throw std::out_of_range("a row that is not read yet");
    const Bookmark& start = nearest([&](const Bookmark& each) { return each.index > index; });
    std::optional<FedRows> rows = start.rows.bookmark();
    // A reader that cannot be copied begins at the front again.
    if (!rows) rows.emplace(files_, tokenizer_, data_.max_length, *look_);
    for (std::int64_t i = start.index; i < index; ++i)
        if (!rows->skip()) fail(counts_.path, "fewer rows than before", "a file at rest", "read it again");
    return std::move(*rows);
}

RowHead Survey::marked(RowHead head, std::int64_t index) const {
    head.index = index;
    head.duplicate = tally_.has(RowMark::Duplicate, index);
    return head;
}

ReadableRow Survey::row(std::int64_t index) const {
    const std::optional<FedRow> fed = rows_from(index).next();
    if (!fed) fail(counts_.path, "fewer rows than before", "a file at rest", "read it again");
    ReadableRow made = readable(*fed, tokenizer_, counts_.labels);
    made.head = marked(std::move(made.head), index);
    return made;
}

std::vector<RowHead> Survey::heads(std::int64_t first, std::int64_t count) const {
    std::vector<RowHead> made;
    const std::int64_t end = std::min(counts_.rows, first + count);
    if (first >= end) return made;
    FedRows rows = rows_from(first);
    for (std::int64_t index = first; index < end; ++index)
        if (const std::optional<FedRow> fed = rows.next())
            made.push_back(marked(head_of(*fed, tokenizer_, counts_.labels), index));
    return made;
}

std::optional<std::int64_t> Survey::next(RowMark mark, std::int64_t from) const {
    return tally_.next(mark, from);
}

std::optional<std::int64_t> Survey::longest() const { return tally_.longest(); }

std::optional<std::int64_t> Survey::at_line(std::int64_t line) const {
    if (counts_.rows == 0) return std::nullopt;
    const Bookmark& start = nearest([&](const Bookmark& each) { return each.line >= line; });
    if (start.index == counts_.rows) return counts_.rows - 1;
    FedRows rows = rows_from(start.index);
    for (std::int64_t index = start.index; index < counts_.rows; ++index)
        if (const auto here = rows.skip(); !here || *here >= line) return index;
    return counts_.rows - 1;
}

} // namespace lora
