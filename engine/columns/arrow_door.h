#pragma once
// What crosses between the program and lora-arrow.so: two functions by name, that the library has and the
// program looks up. Both are built together.

#include "engine/columns/columns.h"

#include <memory>
#include <string>
#include <string_view>

extern "C" {
/// open_parquet_columns and open_arrow_columns of columns.h, the rows by way of `rows`. Throw lora::Error.
void lora_open_parquet(
    std::string_view bytes, const std::string& path, std::unique_ptr<lora::ColumnRows>& rows);
void lora_open_arrow(
    std::string_view bytes, const std::string& path, std::unique_ptr<lora::ColumnRows>& rows);
}
