#pragma once
// Whether a file's bytes are text, and what they are where they are not.

#include <string>
#include <string_view>

namespace lora {

/// The text without its byte order mark. Throws Error that names what the bytes are (a Parquet file, UTF-16,
/// …) or the line that is no UTF-8, and for a text of blanks alone.
std::string_view checked_text(std::string_view bytes, const std::string& path);

/// The first `most` bytes without a byte order mark: enough to see what a file is.
std::string_view first_bytes(std::string_view bytes, std::size_t most = 1 << 16);

bool is_blank(std::string_view text);

} // namespace lora
