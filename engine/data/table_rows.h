#pragma once
// Rows of a table: cells between commas (or semicolons) or tabs, quoted as RFC 4180 has it, under a line of
// titles.

#include "engine/data/formats.h"

#include <memory>
#include <string>
#include <string_view>

namespace lora {

/// Likely where the titles are columns that rows are made from.
Likeness like_csv(std::string_view bytes);
std::unique_ptr<RecordReader> open_csv(std::unique_ptr<TextCursor> text, const std::string& path);

Likeness like_tsv(std::string_view bytes);
std::unique_ptr<RecordReader> open_tsv(std::unique_ptr<TextCursor> text, const std::string& path);

/// Likely for what is text and no table by its look.
Likeness like_plain_text(std::string_view bytes);

} // namespace lora
