#pragma once
// Whether a file's bytes are text, and what they are where they are not.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lora {

/// The text without its byte order mark. Throws Error that names what the bytes are (a Parquet file, UTF-16,
/// …) or the line that is no UTF-8, and for a text of blanks alone.
std::string_view checked_text(std::string_view bytes, const std::string& path);

// The same in parts, for a text that comes in pieces.
/// Throws Error that names what the bytes are by their beginning, where they are known to be no text.
void refuse_other_kinds(std::string_view beginning, const std::string& path);
/// Throws Error for bytes that are no text, which begin in this line behind so many bytes.
void check_text(
    std::string_view bytes, const std::string& path, std::int64_t line = 1, std::size_t bytes_before = 0);
[[noreturn]] void refuse_empty(const std::string& path);
[[noreturn]] void refuse_blank(const std::string& path);
/// A file's beginning without its byte order mark.
std::string_view without_mark(std::string_view text);

/// The first `most` bytes without a byte order mark: enough to see what a file is.
std::string_view first_bytes(std::string_view bytes, std::size_t most = 1 << 16);

bool is_blank(std::string_view text);

} // namespace lora
