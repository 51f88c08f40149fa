#pragma once
// Rows as JSON objects: one a line, or all in one list.

#include "engine/data/formats.h"

#include <memory>
#include <string>
#include <string_view>

namespace lora {

/// Sure where the first thing is `{` and a key's quote.
Likeness like_json_lines(std::string_view bytes);
std::unique_ptr<RecordReader> open_json_lines(std::unique_ptr<TextCursor> text, const std::string& path);

/// Sure where the first thing is `[` with an object behind it, or an empty list.
Likeness like_json_list(std::string_view bytes);
std::unique_ptr<RecordReader> open_json_list(std::unique_ptr<TextCursor> text, const std::string& path);

} // namespace lora
