#pragma once
// Values of Arrow's columns as JSON.

#include "engine/files/json.h"

#include <cstdint>
#include <string>

#include <arrow/record_batch.h>
#include <arrow/type.h>

namespace lora {

/// Throws Error for columns that an object cannot have: a name that comes twice or is no text, columns nested
/// too deep.
void check_columns(const arrow::Schema& schema, const std::string& path);

/// A row of a valid batch: column → value, what is null as null. Throws Error naming `place` for a row that
/// is too large.
Json row_of_batch(const arrow::RecordBatch& batch, std::int64_t row, const std::string& place);

} // namespace lora
