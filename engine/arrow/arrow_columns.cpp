// Arrow's IPC format: a stream, as the `datasets` library writes it, or a file with an index at its end.

#include "engine/arrow/batch_rows.h"
#include "engine/columns/arrow_door.h"

#include <arrow/ipc/options.h>
#include <arrow/ipc/reader.h>

namespace lora {

namespace {

constexpr std::string_view file_begins = "ARROW1";
constexpr std::string_view stream_ends{"\xff\xff\xff\xff\0\0\0\0", 8};

arrow::ipc::IpcReadOptions bounded_options() {
    arrow::ipc::IpcReadOptions options = arrow::ipc::IpcReadOptions::Defaults();
    options.memory_pool = bounded_pool();
    options.use_threads = false;
    options.ensure_alignment = arrow::ipc::Alignment::kDataTypeSpecificAlignment;
    return options;
}

std::unique_ptr<ColumnRows> open_file(std::string_view bytes, const std::string& path) {
    const auto reader =
        checked_arrow(arrow::ipc::RecordBatchFileReader::Open(arrow_input(bytes), bounded_options()), path);
    const auto next_batch = [reader, path, at = 0]() mutable -> std::shared_ptr<arrow::RecordBatch> {
        if (at == reader->num_record_batches()) return nullptr;
        return checked_arrow(reader->ReadRecordBatch(at++), path);
    };
    return rows_of_batches(*reader->schema(), next_batch, path);
}

std::unique_ptr<ColumnRows> open_stream(std::string_view bytes, const std::string& path) {
    // A stream that is cut between two batches is a whole one to Arrow.
    if (!bytes.ends_with(stream_ends))
        fail(path, "an Arrow stream without the mark at its end", "a whole one",
            "fetch it again, or close it where it is written");
    const std::shared_ptr<arrow::RecordBatchReader> reader =
        checked_arrow(arrow::ipc::RecordBatchStreamReader::Open(arrow_input(bytes), bounded_options()), path);
    return rows_of_batches(
        *reader->schema(), [reader, path] { return checked_arrow(reader->Next(), path); }, path);
}

} // namespace

} // namespace lora

void lora_open_arrow(
    std::string_view bytes, const std::string& path, std::unique_ptr<lora::ColumnRows>& rows) {
    rows = lora::guarded_arrow(path, [&] {
        return bytes.starts_with(lora::file_begins) ? lora::open_file(bytes, path)
                                                    : lora::open_stream(bytes, path);
    });
}
