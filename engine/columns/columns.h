#pragma once
// Files of columns, read as rows: Parquet, and what Arrow writes (also the `datasets` library). One batch of
// rows is in memory at a time, and what that may take has a limit, whatever the file says of its sizes.

#include "engine/files/json.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lora {

class ColumnRows {
public:
    ColumnRows() = default;
    ColumnRows(const ColumnRows&) = delete;
    ColumnRows& operator=(const ColumnRows&) = delete;
    virtual ~ColumnRows() = default;

    /// The next row as an object, column → value; none after the last. Lists and structs are lists and
    /// objects, dates, times and decimals are text. What JSON has no form for (bytes, unions) is a binary
    /// value that holds the name of its type. Throws Error with file and row.
    virtual std::optional<Json> next() = 0;
};

// The bytes outlive the rows. Both throw Error for a file that is damaged or lies about its sizes.
/// Apache Parquet.
std::unique_ptr<ColumnRows> open_parquet_columns(std::string_view bytes, const std::string& path);
/// Arrow's IPC format, as a stream or as a file (Feather 2).
std::unique_ptr<ColumnRows> open_arrow_columns(std::string_view bytes, const std::string& path);

} // namespace lora
