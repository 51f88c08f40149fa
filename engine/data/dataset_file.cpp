#include "engine/data/dataset_file.h"

#include "engine/data/row_shapes.h"
#include "engine/data/text_bytes.h"
#include "engine/data/text_cursor.h"
#include "engine/error.h"

#include <utility>

namespace lora {

namespace {

// A text's tokens lie in memory whole; one that is larger is better a file that can be mapped.
constexpr std::size_t largest_expanded_text = std::size_t{2} << 30;

/// The first bytes of what is compressed, enough to see what it is.
std::string expanded_beginning(
    const Compression& compression, std::string_view bytes, const std::string& path) {
    const auto stream = compression.open(bytes, path);
    std::string beginning(1 << 16, '\0');
    std::size_t size = 0;
    while (size < beginning.size()) {
        const std::size_t read = stream->read(std::span(beginning).subspan(size));
        if (read == 0) break;
        size += read;
    }
    beginning.resize(size);
    return beginning;
}

} // namespace

RowReader::RowReader(std::unique_ptr<RecordReader> records, std::string path, ColumnMapping mapping)
    : records_(std::move(records)), path_(std::move(path)), mapping_(std::move(mapping)) {}

std::optional<RowReader> RowReader::bookmark() const {
    std::unique_ptr<RecordReader> copy = records_->copy();
    return copy ? std::optional(RowReader(std::move(copy), path_, mapping_)) : std::nullopt;
}

std::optional<Row> RowReader::next() {
    std::optional<Record> record = records_->next();
    if (!record) return std::nullopt;
    if (!mapping_.empty()) record->columns = mapping_.applied(record->columns, path_ + ": " + record->place);
    return read_row(*record, path_);
}

DatasetFile::DatasetFile(const std::string& path)
    : file_(path), compression_(compression_of(bytes())),
      format_(&format_of(
          compression_ == nullptr ? bytes() : expanded_beginning(*compression_, bytes(), path), path)) {
    if (compression_ != nullptr && format_->open_bytes != nullptr)
        fail(path, std::string(format_->name) + " compressed by " + compression_->name,
            "a format that is text, or the file without that compression",
            "expand it: the format compresses its columns itself");
}

std::string DatasetFile::format_name() const {
    return compression_ == nullptr ? format_->name
                                   : std::string(format_->name) + ", compressed (" + compression_->name + ")";
}

std::string_view DatasetFile::bytes() const {
    return {reinterpret_cast<const char*>(file_.bytes().data()), file_.bytes().size()};
}

std::string_view DatasetFile::text() {
    const std::string& path = file_.path();
    if (compression_ == nullptr) return checked_text(bytes(), path);
    if (!expanded_.empty()) return expanded_;
    TextPieces pieces(compression_->open(bytes(), path), path);
    while (pieces.append_to(expanded_))
        if (expanded_.size() > largest_expanded_text)
            fail(path,
                "a compressed text of more than " + std::to_string(largest_expanded_text >> 30) + " GB",
                "a shorter one", "expand it: a text that is not compressed need not be kept in memory");
    return expanded_;
}

std::unique_ptr<RecordReader> DatasetFile::records() const {
    const std::string& path = file_.path();
    if (format_->open_bytes != nullptr) return format_->open_bytes(bytes(), path);
    if (compression_ == nullptr)
        return format_->open_text(std::make_unique<TextCursor>(checked_text(bytes(), path)), path);
    return format_->open_text(
        std::make_unique<TextCursor>(TextPieces(compression_->open(bytes(), path), path)), path);
}

RowReader DatasetFile::rows(const ColumnMapping& mapping) const { return {records(), file_.path(), mapping}; }

} // namespace lora
