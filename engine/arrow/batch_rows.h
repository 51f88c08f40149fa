#pragma once
// Arrow's batches of columns, row by row, and Arrow's faults as ours.

#include "engine/columns/columns.h"
#include "engine/error.h"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include <arrow/io/memory.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/status.h>

namespace lora {

/// What Arrow allocates for files that are read: a page or a batch of rows, whose sizes the file tells.
arrow::MemoryPool* bounded_pool();

/// The bytes as a file of Arrow's; they are not copied.
std::shared_ptr<arrow::io::BufferReader> arrow_input(std::string_view bytes);

[[noreturn]] void refuse_arrow(const std::string& place, std::string_view reason, bool out_of_memory);

/// Throws Error naming `place` where Arrow says that something is wrong.
void check_arrow(const arrow::Status& status, const std::string& place);
template <class Value>
Value checked_arrow(arrow::Result<Value> result, const std::string& place) {
    check_arrow(result.status(), place);
    return std::move(result).ValueUnsafe();
}

/// What `call` gives; whatever Arrow throws in it becomes an Error naming `place`.
template <class Call>
auto guarded_arrow(const std::string& place, Call call) {
    try {
        return call();
    } catch (const Error&) {
        throw;
    } catch (const std::bad_alloc&) {
        refuse_arrow(place, "", /*out_of_memory=*/true);
    } catch (const std::exception& failure) {
        refuse_arrow(place, failure.what(), /*out_of_memory=*/false);
    }
}

/// The next batch; null after the last.
using NextBatch = std::function<std::shared_ptr<arrow::RecordBatch>()>;

/// The rows of batches of this schema. Throws Error for a schema that rows cannot have.
std::unique_ptr<ColumnRows> rows_of_batches(
    const arrow::Schema& schema, NextBatch next_batch, const std::string& path);

} // namespace lora
