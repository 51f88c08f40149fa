#include "engine/data/fed_rows.h"

#include "engine/error.h"

#include <algorithm>
#include <utility>

namespace lora {

namespace {

// Whether a label, or something besides the end token, is learned.
bool has_something_to_learn(const Example& example, const Tokenizer& tokenizer) {
    if (example.label >= 0) return true;
    for (std::size_t i = 1; i < example.ids.size(); ++i)
        if (example.learned[i] && (!tokenizer.eos() || example.ids[i] != *tokenizer.eos())) return true;
    return false;
}

// A label's text keeps its closing token, so that what is cut off lies before that.
void cut(FedRow& row, const Tokenizer& tokenizer, std::size_t length) {
    std::vector<TokenId>& ids = row.example.ids;
    const bool keeps_closing = row.example.label >= 0 && tokenizer.closing();
    const auto place = [&](std::size_t at) { return ids.begin() + static_cast<std::ptrdiff_t>(at); };
    row.cut_off = keeps_closing ? std::vector<TokenId>(place(length - 1), ids.end() - 1)
                                : std::vector<TokenId>(place(length), ids.end());
    ids.resize(length);
    if (keeps_closing)
        ids.back() = *tokenizer.closing();
    else if (row.example.label < 0)
        row.example.learned.resize(length);
}

} // namespace

FedRows::FedRows(
    const DatasetFiles& files, Tokenizer tokenizer, std::int64_t max_length, const FirstLook& look)
    : path_(files.path()), tokenizer_(std::move(tokenizer)), maker_(tokenizer_, look.goal().last_turn),
      max_length_(max_length),
      labels_(std::make_shared<const std::vector<std::string>>(look.classes().labels)),
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
      labels_(other.labels_), rows_(std::move(rows)), windows_(other.windows_), window_(other.window_),
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
        std::vector<bool> learned(ids->size(), true);
        return FedRow{.example = {.ids = std::move(*ids), .learned = std::move(learned), .line = window_},
            .cut_off = {},
            .place = "row " + std::to_string(window_)};
    }
    if (window_ == 0)
        fail(path_, std::to_string(windows_->longest()) + " tokens",
            "at least one row of " + std::to_string(max_length_),
            "choose a smaller {data.max_length} or a longer text");
    return std::nullopt;
}

std::optional<FedRow> FedRows::next() {
    if (windows_) return next_window();
    const std::optional<Row> row = read();
    return row ? std::optional(fed(*row, maker_)) : std::nullopt;
}

FedRow FedRows::fed(const Row& row, ExampleMaker& maker) const {
    FedRow fed;
    try {
        fed.example = labels_->empty() ? maker.make(row) : make_labelled_example(row, tokenizer_, *labels_);
    } catch (const Error& error) {
        fail_in_row(path_, row, error);
    }
    const auto limit = static_cast<std::size_t>(max_length_);
    if (fed.example.ids.size() > limit) cut(fed, tokenizer_, limit);
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
