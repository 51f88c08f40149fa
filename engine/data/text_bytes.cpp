#include "engine/data/text_bytes.h"

#include "engine/error.h"
#include "engine/text/unicode.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace lora {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view text_expected = "text in UTF-8";

constexpr std::string_view a_pickle = "a pickle, which can run code and is never opened";

/// What a file begins with that people take for a dataset and that is no text.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> beginnings{{
    {"PAR1", "a Parquet file"},
    {"ARROW1", "an Arrow file"},
    {"\x1f\x8b", "a gzip file"},
    {"\x28\xb5\x2f\xfd", "a Zstandard file"},
    {"PK\x03\x04", "a zip file, as spreadsheets and PyTorch's weights are"},
    {"\x80\x02", a_pickle},
    {"\x80\x03", a_pickle},
    {"\x80\x04", a_pickle},
    {"\x80\x05", a_pickle},
    {"BZh", "a bzip2 file"},
    {"\xfd"
     "7zXZ",
        "an xz file"},
    {"%PDF", "a PDF file"},
    {"\xff\xfe", "text in UTF-16"},
    {"\xfe\xff", "text in UTF-16"},
}};

/// The first byte that does not belong to a valid UTF-8 text.
std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        const CodePoint point = code_point_at(text, at);
        if (!point.valid) return at;
        at += point.size_bytes;
    }
    return std::nullopt;
}

} // namespace

void refuse_other_kinds(std::string_view beginning, const std::string& path) {
    for (const auto& [begins, name] : beginnings)
        if (beginning.starts_with(begins)) fail(path, name, text_expected, "convert it to UTF-8 text first");
}

void check_text(
    std::string_view bytes, const std::string& path, std::int64_t line, std::size_t bytes_before) {
    if (const auto zero = bytes.find('\0'); zero != std::string_view::npos)
        fail(path, "binary data (a zero byte at byte " + std::to_string(bytes_before + zero) + ")",
            text_expected);
    const auto bad = first_invalid_utf8(bytes);
    if (!bad) return;
    line += std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*bad), '\n');
    fail(path + ": line " + std::to_string(line),
        "bytes that are not UTF-8 (at byte " + std::to_string(bytes_before + *bad) + ")", text_expected,
        "convert the file to UTF-8");
}

void refuse_empty(const std::string& path) { fail(path, "an empty file", "rows or text to learn from"); }

void refuse_blank(const std::string& path) {
    fail(path, "nothing but blank lines", "rows or text to learn from");
}

std::string_view without_mark(std::string_view text) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    return text;
}

std::string_view checked_text(std::string_view bytes, const std::string& path) {
    refuse_other_kinds(bytes, path);
    check_text(bytes, path);
    const std::string_view text = without_mark(bytes);
    if (text.empty()) refuse_empty(path);
    if (is_blank(text)) refuse_blank(path);
    return text;
}

std::string_view first_bytes(std::string_view bytes, std::size_t most) {
    return without_mark(bytes.substr(0, most));
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

} // namespace lora
