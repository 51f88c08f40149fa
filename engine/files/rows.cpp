#include "engine/files/rows.h"

#include "engine/error.h"
#include "engine/files/json_text.h"
#include "engine/files/mapped_file.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include <utf8proc.h>

namespace lora {

namespace {

constexpr JsonLimits line_limits = {16 << 20, 64};
constexpr std::string_view known_keys = "'prompt' and 'completion', or 'messages', or 'text'";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// The first byte that does not belong to a valid UTF-8 text.
std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        const std::size_t ahead = std::min<std::size_t>(4, text.size() - at);
        utf8proc_int32_t point = -1;
        const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
        const auto length = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(ahead), &point);
        if (length <= 0) return at;
        at += static_cast<std::size_t>(length);
    }
    return std::nullopt;
}

void check_text(std::string_view text, const std::string& path) {
    static constexpr std::string_view expected = "text in UTF-8";
    if (const auto zero = text.find('\0'); zero != std::string_view::npos)
        fail(path, "binary data (a zero byte at byte " + std::to_string(zero) + ")", expected);
    if (const auto bad = first_invalid_utf8(text)) {
        const auto line =
            std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*bad), '\n') + 1;
        fail(path + ": line " + std::to_string(line),
            "bytes that are not UTF-8 (at byte " + std::to_string(*bad) + ")", expected,
            "convert the file to UTF-8");
    }
}

bool is_json_lines(std::string_view text, const std::string& path) {
    std::string lower = path;
    for (char& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    if (lower.ends_with(".json") && text.starts_with('['))
        fail(path, "one JSON list", "JSON Lines: an object a line", "such as `jq -c '.[]'` writes them");
    return lower.ends_with(".jsonl") || lower.ends_with(".ndjson") || lower.ends_with(".json")
           || text.starts_with('{');
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::vector<ChatMessage> read_messages(const JsonFields& fields) {
    static constexpr std::string_view expected = "a list of objects with role and content";
    const Json& list = *fields.find("messages");
    const std::string where = fields.where() + ": messages";
    if (!list.is_array()) fail(where, "something that is no list", expected);
    if (list.empty()) fail(where, "an empty list", expected);
    std::vector<ChatMessage> messages;
    for (const Json& item : list) {
        const JsonFields message(item, where + "[" + std::to_string(messages.size()) + "]");
        messages.push_back({message.string("role"), message.string("content")});
    }
    return messages;
}

std::optional<std::string> read_label(const JsonFields& fields) {
    const Json* label = fields.find("label");
    if (label != nullptr && label->is_string()) return label->get<std::string>();
    if (label != nullptr && label->is_number_integer()) return label->dump();
    return std::nullopt;
}

std::string keys_of(const Json& object) {
    if (object.empty()) return "no keys";
    std::string keys = "the keys ";
    for (const auto& [key, value] : object.items()) {
        if (keys.size() > 200) return keys + ", …";
        keys += (keys.ends_with(' ') ? "'" : ", '") + shown(key, 40) + "'";
    }
    return keys;
}

Row read_row(const Json& object, const std::string& path, std::int64_t line) {
    const JsonFields fields(object, path + ": line " + std::to_string(line));
    Row row;
    row.line = line;
    if (fields.has("prompt")) {
        row.kind = Row::Kind::PromptCompletion;
        if (!fields.has("completion")) fail(fields.where(), "'prompt' alone", "'prompt' and 'completion'");
        row.prompt = fields.string("prompt");
        row.completion = fields.string("completion");
    } else if (fields.has("messages")) {
        row.kind = Row::Kind::Messages;
        row.messages = read_messages(fields);
    } else if (fields.has("text")) {
        row.text = fields.string("text");
        row.label = read_label(fields);
    } else {
        fail(fields.where(), keys_of(object), known_keys);
    }
    return row;
}

std::vector<Row> read_lines(std::string_view text, const std::string& path) {
    std::vector<Row> rows;
    for (std::int64_t number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (is_blank(line)) continue;
        rows.push_back(read_row(parse_json_at(line, path, number, line_limits), path, number));
    }
    return rows;
}

} // namespace

Rows read_rows(const std::string& path) {
    const MappedFile file(path);
    std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (text.empty()) fail(path, "an empty file", "JSON Lines or text to learn from");
    check_text(text, path);
    if (is_blank(text)) fail(path, "nothing but blank lines", "JSON Lines or text to learn from");
    if (!is_json_lines(text, path)) return {true, std::string(text), {}};
    return {false, {}, read_lines(text, path)};
}

} // namespace lora
