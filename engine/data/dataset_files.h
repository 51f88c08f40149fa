#pragma once
// A dataset's files read as one: their format, and their rows from the first file's to the last one's.

#include "engine/data/dataset_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lora {

/// Rows of several files, those of the first first.
class RowsOfFiles {
public:
    explicit RowsOfFiles(std::vector<std::string> paths, ColumnMapping mapping = {})
        : paths_(std::make_shared<const std::vector<std::string>>(std::move(paths))),
          mapping_(std::move(mapping)) {}
    /// None after the last one. Of several files the row's number counts through all, and its place begins
    /// with the file's name. Throws Error as RowReader does.
    std::optional<Row> next();
    /// Other rows that go on from here; none where the format's reader cannot be copied.
    std::optional<RowsOfFiles> bookmark() const;
    /// How much of the files is read, from 0 to 1; 0 where the reader does not tell.
    double done() const;

private:
    RowsOfFiles(const RowsOfFiles& other, std::optional<RowReader> rows);

    std::shared_ptr<const std::vector<std::string>> paths_; ///< a survey has thousands of bookmarks
    ColumnMapping mapping_;
    std::size_t opened_ = 0;
    std::int64_t number_ = 0;
    std::shared_ptr<const DatasetFile> file_;
    std::optional<RowReader> rows_;
};

class DatasetFiles {
public:
    /// Throws Error for what files_of_dataset() and DatasetFile refuse, and where the files are not all of
    /// one format, of a mix all texts or all rows: it names the odd one.
    explicit DatasetFiles(const std::string& path);

    const std::string& path() const { return path_; } ///< as it was given
    const std::vector<std::string>& paths() const { return paths_; }
    const DatasetFormat& format() const { return *format_; }
    std::string format_name() const; ///< "Parquet, 3 files"; of a mix its shares
    bool is_plain_text() const { return format_->is_plain_text(); }
    /// Whether rows are counted by the lines that they begin in.
    bool has_lines() const { return paths_.size() == 1 && format_->open_text != nullptr; }
    /// The rows of any format but plain text, from the first on, each time anew.
    RowsOfFiles rows(ColumnMapping mapping = {}) const { return RowsOfFiles(paths_, std::move(mapping)); }

private:
    std::string path_;
    std::vector<std::string> paths_;
    const DatasetFormat* format_ = nullptr;
    std::string name_;
};

} // namespace lora
