// Parquet, a few hundred rows at a time.

#include "engine/arrow/batch_rows.h"
#include "engine/columns/arrow_door.h"

#include <parquet/arrow/reader.h>
#include <parquet/properties.h>

namespace lora {

namespace {

constexpr std::int64_t rows_at_once = 512;
// Of the file's description of itself: what lists and texts in it may have.
constexpr std::int32_t most_described = 1 << 17;
constexpr std::int32_t longest_description = 64 << 20;

parquet::ReaderProperties bounded_properties() {
    parquet::ReaderProperties properties(bounded_pool());
    properties.set_thrift_container_size_limit(most_described);
    properties.set_thrift_string_size_limit(longest_description);
    properties.set_page_checksum_verification(true); // of pages that have one
    return properties;
}

std::shared_ptr<parquet::arrow::FileReader> open_reader(std::string_view bytes, const std::string& path) {
    parquet::arrow::FileReaderBuilder builder;
    check_arrow(builder.Open(arrow_input(bytes), bounded_properties()), path);
    parquet::ArrowReaderProperties properties(/*use_threads=*/false);
    properties.set_batch_size(rows_at_once);
    properties.set_pre_buffer(false); // the bytes are mapped, and row groups can be large
    return checked_arrow(builder.memory_pool(bounded_pool())->properties(properties)->Build(), path);
}

std::unique_ptr<ColumnRows> open_batches(std::string_view bytes, const std::string& path) {
    const std::shared_ptr<parquet::arrow::FileReader> reader = open_reader(bytes, path);
    std::shared_ptr<arrow::Schema> schema;
    check_arrow(reader->GetSchema(&schema), path);
    const std::shared_ptr<arrow::RecordBatchReader> batches =
        checked_arrow(reader->GetRecordBatchReader(), path);
    // The batches read from the reader, which has to live as long.
    return rows_of_batches(
        *schema, [reader, batches, path] { return checked_arrow(batches->Next(), path); }, path);
}

} // namespace

} // namespace lora

void lora_open_parquet(
    std::string_view bytes, const std::string& path, std::unique_ptr<lora::ColumnRows>& rows) {
    rows = lora::guarded_arrow(path, [&] { return lora::open_batches(bytes, path); });
}
