#include "engine/data/json_rows.h"

#include "engine/data/record.h"
#include "engine/data/text_bytes.h"
#include "engine/data/text_cursor.h"
#include "engine/error.h"
#include "engine/files/json_text.h"

#include <utility>

namespace lora {

namespace {

constexpr JsonLimits row_limits = {16 << 20, 64};
constexpr std::string_view blanks = " \t\r\n";

/// Parses one row, which begins in this line behind so many bytes.
Json parsed_row(std::string_view row, const std::string& path, std::int64_t line, std::size_t column = 0) {
    if (row.size() > row_limits.size_bytes)
        fail(path + ": line " + std::to_string(line),
            "a row of more than " + std::to_string(row_limits.size_bytes >> 20) + " MB", "shorter ones");
    return parse_json_at(row, path, line, row_limits, column);
}

/// The first two letters that are no blanks.
std::string opening(std::string_view bytes) {
    std::string letters;
    for (const char letter : first_bytes(bytes))
        if (letters.size() < 2 && blanks.find(letter) == std::string_view::npos) letters.push_back(letter);
    return letters;
}

class JsonLinesReader : public RecordReader {
public:
    JsonLinesReader(std::unique_ptr<TextCursor> text, const std::string& path)
        : text_(std::move(text)), path_(path) {}

    std::optional<Record> next() override {
        while (!text_->at_end()) {
            text_->mark();
            text_->to_line_end(row_limits.size_bytes + 1);
            const std::string_view line = text_->marked();
            const std::int64_t number = text_->line();
            if (is_blank(line) && line.size() <= row_limits.size_bytes) {
                end_line();
                continue;
            }
            Record record{number, "line " + std::to_string(number), parsed(line, number)};
            end_line();
            return record;
        }
        return std::nullopt;
    }
    std::unique_ptr<RecordReader> copy() const override {
        auto text = text_->copy();
        return text ? std::make_unique<JsonLinesReader>(std::move(text), path_) : nullptr;
    }
    double done() const override { return text_->done(); }

private:
    Json parsed(std::string_view line, std::int64_t number) const {
        const auto last = line.find_last_not_of(blanks);
        if (line.substr(0, last + 1).ends_with('{') && line.find_first_not_of(blanks) == last)
            fail(path_ + ": line " + std::to_string(number), "an object that goes on in the next line",
                "an object a line, or one list of objects", "such as `jq -c .` writes them");
        return parsed_row(line, path_, number);
    }

    void end_line() {
        if (!text_->at_end()) text_->step();
    }

    std::unique_ptr<TextCursor> text_;
    std::string path_;
};

/// Finds where each value of the list ends by its brackets and strings, and parses it alone.
class JsonListReader : public RecordReader {
public:
    JsonListReader(std::unique_ptr<TextCursor> text, const std::string& path)
        : text_(std::move(text)), path_(path) {
        skip_blanks();
        if (!text_->is_at("[")) refuse("no list", "a list of objects");
        text_->step();
        skip_blanks();
        if (text_->is_at("]")) refuse("an empty list", "rows to learn from");
    }
    /// `text` is at the place of the other's.
    JsonListReader(const JsonListReader& other, std::unique_ptr<TextCursor> text)
        : RecordReader(other), text_(std::move(text)), path_(other.path_), number_(other.number_),
          ended_(other.ended_) {}

    std::optional<Record> next() override {
        if (ended_) return std::nullopt;
        skip_blanks();
        const std::int64_t line = text_->line();
        const std::size_t column = text_->column();
        text_->mark();
        to_value_end();
        Record record{++number_, "row " + std::to_string(number_) + " (line " + std::to_string(line) + ")",
            parsed_row(text_->marked(), path_, line, column)};
        take_separator();
        return record;
    }
    std::unique_ptr<RecordReader> copy() const override {
        auto text = text_->copy();
        return text ? std::make_unique<JsonListReader>(*this, std::move(text)) : nullptr;
    }
    double done() const override { return text_->done(); }

private:
    [[noreturn]] void refuse(std::string_view found, std::string_view expected) const {
        fail(path_ + ": line " + std::to_string(text_->line()) + ", column "
                 + std::to_string(text_->column() + 1),
            found, expected);
    }

    void skip_blanks() {
        for (text_->mark(); !text_->at_end() && blanks.find(text_->letter()) != std::string_view::npos;
             text_->mark())
            text_->step();
    }

    /// A value that is too long is left to parsed_row to refuse.
    void to_value_end() {
        const std::int64_t line = text_->line();
        int depth = 0;
        for (bool in_string = false; !text_->at_end(); text_->step()) {
            const char letter = text_->letter();
            if (text_->marked_bytes() > row_limits.size_bytes) return;
            if (in_string) {
                if (letter == '\\') {
                    text_->step();
                    if (text_->at_end()) break;
                }
                in_string = letter != '"';
                continue;
            }
            if (depth == 0 && (letter == ',' || letter == ']')) return;
            in_string = letter == '"';
            depth += letter == '{' || letter == '[';
            depth -= letter == '}' || letter == ']';
        }
        refuse("the end of the file inside the row that begins in line " + std::to_string(line),
            "a list that is closed by ']'");
    }

    void take_separator() {
        ended_ = text_->letter() == ']';
        text_->step();
        skip_blanks();
        if (ended_ && !text_->at_end()) refuse("more behind the list", "the end of the file");
        if (!ended_ && text_->is_at("]")) refuse("']' behind a comma", "another row");
    }

    std::unique_ptr<TextCursor> text_;
    std::string path_;
    std::int64_t number_ = 0;
    bool ended_ = false;
};

} // namespace

Likeness like_json_lines(std::string_view bytes) {
    return opening(bytes) == "{\"" ? Likeness::Sure : Likeness::None;
}

std::unique_ptr<RecordReader> open_json_lines(std::unique_ptr<TextCursor> text, const std::string& path) {
    return std::make_unique<JsonLinesReader>(std::move(text), path);
}

Likeness like_json_list(std::string_view bytes) {
    const std::string letters = opening(bytes);
    return letters == "[{" || letters == "[]" ? Likeness::Sure : Likeness::None;
}

std::unique_ptr<RecordReader> open_json_list(std::unique_ptr<TextCursor> text, const std::string& path) {
    return std::make_unique<JsonListReader>(std::move(text), path);
}

} // namespace lora
