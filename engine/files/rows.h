#pragma once
// Rows of a dataset file: JSON Lines, or one plain text.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

struct ChatMessage {
    std::string role;
    std::string content;
    bool operator==(const ChatMessage&) const = default;
};

/// One example as the file has it. Exactly one kind is filled, by which keys the line has.
struct Row {
    enum class Kind { Text, PromptCompletion, Messages };
    Kind kind = Kind::Text;
    std::int64_t line = 0;            ///< counted from 1
    std::string text;                 ///< Text
    std::optional<std::string> label; ///< Text's, where it has one that is a string or an integer
    std::string prompt;               ///< PromptCompletion
    std::string completion;
    std::vector<ChatMessage> messages; ///< Messages
    bool operator==(const Row&) const = default;
};

/// What a dataset file holds. `plain_text` files have one stream and no rows.
struct Rows {
    bool plain_text = false;
    std::string stream;
    std::vector<Row> rows;
};

/// `.jsonl`, `.ndjson`, `.json` and files whose first byte is `{` are JSON Lines; anything else that is valid
/// UTF-8 is plain text. A line that does not parse, is no object or has none of the known keys (`prompt` with
/// `completion`, `messages`, `text`) is an Error with its number, one JSON list in a `.json` file an Error;
/// blank lines are skipped; an empty file is an Error.
Rows read_rows(const std::string& path);

} // namespace lora
