#include "engine/data/column_rows.h"

#include "engine/columns/columns.h"
#include "engine/data/record.h"

#include <utility>

namespace lora {

namespace {

class ColumnReader : public RecordReader {
public:
    explicit ColumnReader(std::unique_ptr<ColumnRows> rows) : rows_(std::move(rows)) {}

    std::optional<Record> next() override {
        std::optional<Json> columns = rows_->next();
        if (!columns) return std::nullopt;
        ++number_;
        return Record{number_, "row " + std::to_string(number_), std::move(*columns)};
    }

private:
    std::unique_ptr<ColumnRows> rows_;
    std::int64_t number_ = 0;
};

Likeness sure_if(bool known) { return known ? Likeness::Sure : Likeness::None; }

} // namespace

Likeness like_parquet(std::string_view bytes) {
    return sure_if(bytes.starts_with("PAR1") || bytes.starts_with("PARE"));
}

std::unique_ptr<RecordReader> open_parquet(std::string_view bytes, const std::string& path) {
    return std::make_unique<ColumnReader>(open_parquet_columns(bytes, path));
}

/// A file by its name in front, a stream by the mark of its first message, of which no text begins.
Likeness like_arrow(std::string_view bytes) {
    return sure_if(bytes.starts_with("ARROW1") || bytes.starts_with("\xff\xff\xff\xff"));
}

std::unique_ptr<RecordReader> open_arrow(std::string_view bytes, const std::string& path) {
    return std::make_unique<ColumnReader>(open_arrow_columns(bytes, path));
}

} // namespace lora
