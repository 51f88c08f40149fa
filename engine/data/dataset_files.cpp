#include "engine/data/dataset_files.h"

#include "engine/data/dataset_paths.h"
#include "engine/data/mix_file.h"
#include "engine/error.h"

#include <filesystem>
#include <utility>

namespace lora {

namespace {

void refuse_text_among_rows(const DatasetFile& file, const DatasetFormat& others) {
    if (file.is_plain_text() != others.is_plain_text())
        fail(file.path(), file.format().name, std::string(others.name) + ", as the files before it",
            "a mix has plain texts or rows: write the texts as rows of 'text'");
}

} // namespace

std::optional<Row> RowsOfFiles::next() {
    while (true) {
        if (auto row = rows_ ? rows_->next() : std::nullopt) {
            ++number_;
            if (paths_->size() == 1) return row;
            row->place =
                std::filesystem::path(paths_->at(opened_ - 1)).filename().string() + ": " + row->place;
            row->number = number_;
            return row;
        }
        if (opened_ == paths_->size()) return std::nullopt;
        rows_.reset(); // reads from the file before
        file_ = std::make_shared<const DatasetFile>(paths_->at(opened_++));
        rows_ = file_->rows(mapping_);
    }
}

RowsOfFiles::RowsOfFiles(const RowsOfFiles& other, std::optional<RowReader> rows)
    : paths_(other.paths_), mapping_(other.mapping_), opened_(other.opened_), number_(other.number_),
      file_(other.file_), rows_(std::move(rows)) {}

std::optional<RowsOfFiles> RowsOfFiles::bookmark() const {
    std::optional<RowReader> rows;
    if (rows_ && !(rows = rows_->bookmark())) return std::nullopt;
    return RowsOfFiles(*this, std::move(rows));
}

double RowsOfFiles::done() const {
    if (opened_ == 0) return 0;
    const double before = static_cast<double>(opened_ - 1);
    return (before + (rows_ ? rows_->done() : 0)) / static_cast<double>(paths_->size());
}

DatasetFiles::DatasetFiles(const std::string& path) : path_(path), paths_(files_of_dataset(path)) {
    for (const std::string& each : paths_) {
        const DatasetFile file(each);
        if (format_ == nullptr) {
            format_ = &file.format();
            name_ = file.format_name();
        }
        if (&file.format() == format_) continue;
        if (is_mix_file(path)) {
            refuse_text_among_rows(file, *format_);
            continue;
        }
        fail(each, file.format().name, std::string(format_->name) + ", as the files before it",
            "one dataset has one format: name those of one by a pattern such as *."
                + std::string(format_->suffixes[0]));
    }
}

std::string DatasetFiles::format_name() const {
    if (is_mix_file(path_)) return mix_words(read_mix(path_));
    return paths_.size() == 1 ? name_ : name_ + ", " + std::to_string(paths_.size()) + " files";
}

} // namespace lora
