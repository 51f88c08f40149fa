// Loads lora-arrow.so when the first file of columns is opened, and gives it the file.

#include "engine/columns/columns.h"

#include "engine/columns/arrow_door.h"
#include "engine/libraries/own_library.h"

#include <memory>

namespace lora {

namespace {

constexpr OwnLibrary arrow{"lora-arrow.so", "reader of Parquet and Arrow files"};

using Open = void(std::string_view, const std::string&, std::unique_ptr<ColumnRows>&);

std::unique_ptr<ColumnRows> open_columns(
    const char* function, std::string_view bytes, const std::string& path) {
    auto* const open = reinterpret_cast<Open*>(own_function(arrow, function, path));
    std::unique_ptr<ColumnRows> rows;
    open(bytes, path, rows);
    return rows;
}

} // namespace

std::unique_ptr<ColumnRows> open_parquet_columns(std::string_view bytes, const std::string& path) {
    return open_columns("lora_open_parquet", bytes, path);
}

std::unique_ptr<ColumnRows> open_arrow_columns(std::string_view bytes, const std::string& path) {
    return open_columns("lora_open_arrow", bytes, path);
}

} // namespace lora
