#pragma once
// The rows of a dataset as a run is fed them: tokens and mask within the limit, what the limit takes off, and
// which rows are left out. Training and everything that shows the data read them here.

#include "engine/data/dataset_files.h"
#include "engine/data/example.h"
#include "engine/data/first_look.h"
#include "engine/data/text_windows.h"
#include "engine/text/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// A row as it is trained on.
struct FedRow {
    Example example;              ///< within the limit
    std::vector<TokenId> cut_off; ///< what the limit takes from its end, of a pair from both ends
    bool left_out = false;        ///< nothing to learn is within the limit: nobody trains on it
    std::string place;            ///< in words: "line 3"; of a text stream "row 3"
    Row::Kind kind = Row::Kind::Text;
    const RowShape* shape = nullptr; ///< of a text stream none

    bool is_cut() const { return !cut_off.empty(); }
    /// Tokens before the cut.
    std::int64_t length() const { return static_cast<std::int64_t>(example.ids.size() + cut_off.size()); }
};

/// Which of a file's rows are taken: so many, evenly spaced from the first on, as files are often sorted.
class Thinning {
public:
    /// `wanted` 0: all.
    Thinning(std::int64_t wanted, std::int64_t rows) : wanted_(wanted), rows_(rows) {}
    /// Of the next row.
    bool takes() {
        const bool takes = wanted_ <= 0 || wanted_ >= rows_ || row_ == taken_ * rows_ / wanted_;
        ++row_;
        taken_ += takes;
        return takes;
    }

private:
    std::int64_t wanted_, rows_;
    std::int64_t row_ = 0, taken_ = 0;
};

/// The rows that are taken, from the first to the last. Of a plain text, windows of its tokens.
class FedRows {
public:
    /// `look` has seen all files, where it needs to; they are opened anew. Throws Error for a plain text that
    /// is to be classified.
    FedRows(const DatasetFiles& files, Tokenizer tokenizer, std::int64_t max_length, const FirstLook& look);

    /// None after the last one. Throws Error with file, place and column where a row is wrong, and for texts
    /// that are all shorter than one row of max_length tokens.
    std::optional<FedRow> next();
    // next() in two parts, so that several threads can do the second one at the same time; not of a plain
    // text.
    bool is_of_plain_text() const { return windows_.has_value(); }
    /// The next row that is taken; none after the last one. Throws Error where it is wrong.
    std::optional<Row> read();
    /// What comes of it; `maker` is a copy of maker(). Throws Error with file and place.
    FedRow fed(const Row& row, ExampleMaker& maker) const;

    /// Passes over the next row without its tokens and gives its line; none after the last one.
    std::optional<std::int64_t> skip();
    /// The same rows from here on, read apart; none for a format whose reader cannot be copied.
    std::optional<FedRows> bookmark() const;
    /// How much of the file is read, from 0 to 1; 0 where its reader does not tell.
    double done() const;
    /// What makes the samples, with what it has to say of those so far.
    const ExampleMaker& maker() const { return maker_; }
    /// Tokens behind the last whole row of each plain text so far.
    std::int64_t left_over() const { return windows_ ? windows_->left_over() : 0; }

private:
    FedRows(const FedRows& other, std::optional<RowsOfFiles> rows);
    std::int64_t count_windows() const;
    FedRow read_row(const Row& row, ExampleMaker& maker) const;
    FedRow labelled_row(const Row& row) const;
    std::optional<FedRow> next_window();

    std::string path_;
    Tokenizer tokenizer_;
    ExampleMaker maker_;
    std::int64_t max_length_;
    std::shared_ptr<const Classes> classes_;
    std::optional<RowsOfFiles> rows_;    ///< of all other formats
    std::optional<TextWindows> windows_; ///< of a plain text
    std::int64_t window_ = 0;            ///< so many of them are read
    Thinning thinning_;
};

} // namespace lora
