#include "engine/data/fed_rows.h"

#include "engine/data/labelled_example.h"
#include "engine/error.h"

#include <algorithm>
#include <utility>

namespace lora {

namespace {

// Whether a label, or something besides the end token, is learned.
bool has_something_to_learn(const Example& example, const Tokenizer& tokenizer) {
    if (example.is_labelled()) return true;
    for (std::size_t i = 1; i < example.ids.size(); ++i)
        if (example.learned[i] && (!tokenizer.eos() || example.ids[i] != *tokenizer.eos())) return true;
    return false;
}

void cut(FedRow& row, std::size_t length) {
    std::vector<TokenId>& ids = row.example.ids;
    if (ids.size() <= length) return;
    row.cut_off.assign(ids.begin() + static_cast<std::ptrdiff_t>(length), ids.end());
    ids.resize(length);
    row.example.learned.resize(length);
}

} // namespace

FedRows::FedRows(
    const DatasetFiles& files, Tokenizer tokenizer, std::int64_t max_length, const FirstLook& look)
    : path_(files.path()), tokenizer_(std::move(tokenizer)), maker_(tokenizer_, look.goal().last_turn),
      max_length_(max_length), classes_(std::make_shared<const Classes>(look.classes())),
      thinning_(look.goal().rows, look.rows()) {
    if (max_length < 1) fail(path_, "a limit of " + std::to_string(max_length) + " tokens", "at least 1");
    if (!files.is_plain_text()) {
        rows_ = files.rows(look.goal().mapping);
        return;
    }
    if (look.goal().task == Task::Classification)
        fail(path_, "plain text", "rows with text and label, for a classifier");
    windows_.emplace(files.paths(), tokenizer_, max_length_);
    if (look.goal().rows > 0) thinning_ = Thinning(look.goal().rows, count_windows());
}

std::int64_t FedRows::count_windows() const {
    TextWindows windows(*windows_);
    std::int64_t count = 0;
    while (windows.next()) ++count;
    return count;
}

FedRows::FedRows(const FedRows& other, std::optional<RowsOfFiles> rows)
    : path_(other.path_), tokenizer_(other.tokenizer_), maker_(other.maker_), max_length_(other.max_length_),
      classes_(other.classes_), rows_(std::move(rows)), windows_(other.windows_), window_(other.window_),
      thinning_(other.thinning_) {}

std::optional<Row> FedRows::read() {
    while (auto row = rows_->next())
        if (thinning_.takes()) return row;
    return std::nullopt;
}

std::optional<FedRow> FedRows::next_window() {
    while (auto ids = windows_->next()) {
        ++window_;
        if (!thinning_.takes()) continue;
        FedRow fed;
        fed.example.learned.assign(ids->size(), true);
        fed.example.ids = std::move(*ids);
        fed.example.line = window_;
        fed.place = "row " + std::to_string(window_);
        return fed;
    }
    if (window_ == 0)
        fail(path_, std::to_string(windows_->longest()) + " tokens",
            "at least one row of " + std::to_string(max_length_),
            "choose a smaller {data.max_length} or a longer text");
    return std::nullopt;
}

FedRow FedRows::read_row(const Row& row, ExampleMaker& maker) const {
    FedRow fed;
    fed.example = maker.make(row);
    cut(fed, static_cast<std::size_t>(max_length_));
    return fed;
}

FedRow FedRows::labelled_row(const Row& row) const {
    LabelledExample made = make_labelled_example(row, tokenizer_, *classes_, max_length_);
    FedRow fed;
    fed.example = std::move(made.example);
    fed.cut_off = std::move(made.cut_off);
    return fed;
}

std::optional<FedRow> FedRows::next() {
    if (windows_) return next_window();
    const std::optional<Row> row = read();
    return row ? std::optional(fed(*row, maker_)) : std::nullopt;
}

FedRow FedRows::fed(const Row& row, ExampleMaker& maker) const {
    FedRow fed;
    try {
        fed = classes_->labels.empty() ? read_row(row, maker) : labelled_row(row);
    } catch (const Error& error) {
        fail_in_row(path_, row, error);
    }
    fed.left_out = !has_something_to_learn(fed.example, tokenizer_);
    fed.place = row.place;
    fed.kind = row.kind;
    fed.shape = row.shape;
    return fed;
}

std::optional<std::int64_t> FedRows::skip() {
    if (windows_) {
        const auto row = next_window();
        return row ? std::optional(row->example.line) : std::nullopt;
    }
    const auto row = read();
    return row ? std::optional(row->number) : std::nullopt;
}

std::optional<FedRows> FedRows::bookmark() const {
    if (windows_) return FedRows(*this, std::nullopt);
    std::optional<RowsOfFiles> rows = rows_->bookmark();
    return rows ? std::optional(FedRows(*this, std::move(rows))) : std::nullopt;
}

double FedRows::done() const { return windows_ ? windows_->done() : rows_->done(); }

} // namespace lora
