#include "engine/arrow/batch_rows.h"

#include "engine/arrow/arrow_values.h"

#include <arrow/buffer.h>

namespace lora {

namespace {

constexpr std::int64_t most_bytes_at_once = std::int64_t{1} << 30;

class BatchRows : public ColumnRows {
public:
    BatchRows(NextBatch next_batch, std::string path)
        : next_batch_(std::move(next_batch)), path_(std::move(path)) {}

    std::optional<Json> next() override {
        return guarded_arrow(path_ + ": row " + std::to_string(number_ + 1), [&]() -> std::optional<Json> {
            while (!ended_ && (batch_ == nullptr || row_ == batch_->num_rows())) take_batch();
            if (ended_) return std::nullopt;
            ++number_;
            return row_of_batch(*batch_, row_++, path_ + ": row " + std::to_string(number_));
        });
    }

private:
    void take_batch() {
        batch_ = nullptr; // its memory is free before the next one takes any
        batch_ = next_batch_();
        row_ = 0;
        ended_ = batch_ == nullptr;
        // Offsets that lead out of their column, and text that is none, are found here.
        if (!ended_) check_arrow(batch_->ValidateFull(), path_ + ": behind row " + std::to_string(number_));
    }

    NextBatch next_batch_;
    std::string path_;
    std::shared_ptr<arrow::RecordBatch> batch_;
    std::int64_t row_ = 0;    // of the batch
    std::int64_t number_ = 0; // of the file's rows so far
    bool ended_ = false;
};

} // namespace

arrow::MemoryPool* bounded_pool() {
    static arrow::CappedMemoryPool pool(arrow::system_memory_pool(), most_bytes_at_once);
    return &pool;
}

std::shared_ptr<arrow::io::BufferReader> arrow_input(std::string_view bytes) {
    return std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(bytes));
}

void refuse_arrow(const std::string& place, std::string_view reason, bool out_of_memory) {
    if (out_of_memory)
        fail(place, "a part that takes more memory than " + std::to_string(most_bytes_at_once >> 30) + " GB",
            "smaller ones", "write the file again with smaller row groups or batches");
    fail(place, "damaged or unreadable data (" + shown(reason) + ")", "a file that Arrow can read",
        "fetch or write it again");
}

void check_arrow(const arrow::Status& status, const std::string& place) {
    if (!status.ok()) refuse_arrow(place, status.message(), status.IsOutOfMemory());
}

std::unique_ptr<ColumnRows> rows_of_batches(
    const arrow::Schema& schema, NextBatch next_batch, const std::string& path) {
    check_columns(schema, path);
    return std::make_unique<BatchRows>(std::move(next_batch), path);
}

} // namespace lora
