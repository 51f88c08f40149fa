#include "engine/data/dataset_file.h"

#include "engine/data/row_shapes.h"
#include "engine/data/text_bytes.h"

#include <utility>

namespace lora {

RowReader::RowReader(std::unique_ptr<RecordReader> records, std::string path)
    : records_(std::move(records)), path_(std::move(path)) {}

std::optional<Row> RowReader::next() {
    const std::optional<Record> record = records_->next();
    return record ? std::optional(read_row(*record, path_)) : std::nullopt;
}

std::optional<RowReader> RowReader::bookmark() const {
    std::unique_ptr<RecordReader> copy = records_->copy();
    return copy ? std::optional(RowReader(std::move(copy), path_)) : std::nullopt;
}

DatasetFile::DatasetFile(const std::string& path) : file_(path), format_(format_of(bytes(), path)) {}

std::string_view DatasetFile::bytes() const {
    return {reinterpret_cast<const char*>(file_.bytes().data()), file_.bytes().size()};
}

std::string_view DatasetFile::text() const { return checked_text(bytes(), file_.path()); }

RowReader DatasetFile::rows() const { return {format_.open(bytes(), file_.path()), file_.path()}; }

} // namespace lora
