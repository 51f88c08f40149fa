#pragma once
// Rows out of files of columns.

#include "engine/data/formats.h"

#include <memory>
#include <string>
#include <string_view>

namespace lora {

/// Sure by the mark that such a file begins with.
Likeness like_parquet(std::string_view bytes);
std::unique_ptr<RecordReader> open_parquet(std::string_view bytes, const std::string& path);

Likeness like_arrow(std::string_view bytes);
std::unique_ptr<RecordReader> open_arrow(std::string_view bytes, const std::string& path);

} // namespace lora
