#include "engine/data/json_rows.h"

#include "engine/data/record.h"
#include "engine/data/text_bytes.h"
#include "engine/error.h"
#include "engine/files/json_text.h"

#include <algorithm>

namespace lora {

namespace {

constexpr JsonLimits row_limits = {16 << 20, 64};
constexpr std::string_view blanks = " \t\r\n";

/// Parses one row, which begins in this line behind so many bytes.
Json parsed_row(std::string_view row, const std::string& path, std::int64_t line, std::size_t column = 0) {
    if (row.size() > row_limits.size_bytes)
        fail(path + ": line " + std::to_string(line), "a row of " + std::to_string(row.size()) + " bytes",
            "at most " + std::to_string(row_limits.size_bytes));
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
    JsonLinesReader(std::string_view text, const std::string& path)
        : size_(text.size()), rest_(text), path_(path) {}

    std::optional<Record> next() override {
        while (!rest_.empty()) {
            const std::string_view line = rest_.substr(0, rest_.find('\n'));
            rest_.remove_prefix(std::min(rest_.size(), line.size() + 1));
            ++number_;
            if (is_blank(line)) continue;
            return Record{number_, "line " + std::to_string(number_), parsed(line)};
        }
        return std::nullopt;
    }
    std::unique_ptr<RecordReader> copy() const override { return std::make_unique<JsonLinesReader>(*this); }
    double done() const override { return share_read(size_ - rest_.size(), size_); }

private:
    Json parsed(std::string_view line) {
        const auto last = line.find_last_not_of(blanks);
        if (line.substr(0, last + 1).ends_with('{') && line.find_first_not_of(blanks) == last)
            fail(path_ + ": line " + std::to_string(number_), "an object that goes on in the next line",
                "an object a line, or one list of objects", "such as `jq -c .` writes them");
        return parsed_row(line, path_, number_);
    }

    std::size_t size_;
    std::string_view rest_;
    std::string path_;
    std::int64_t number_ = 0;
};

/// Finds where each value of the list ends by its brackets and strings, and parses it alone.
class JsonListReader : public RecordReader {
public:
    JsonListReader(std::string_view text, const std::string& path) : text_(text), path_(path) {
        skip_blanks();
        if (at_ == text_.size() || text_[at_] != '[') refuse("no list", "a list of objects");
        ++at_;
        skip_blanks();
        if (at_ < text_.size() && text_[at_] == ']') refuse("an empty list", "rows to learn from");
    }

    std::optional<Record> next() override {
        if (ended_) return std::nullopt;
        skip_blanks();
        const std::int64_t line = line_;
        const std::size_t column = at_ - line_begin_;
        const std::string_view value = take_value();
        const std::string place = "row " + std::to_string(++number_) + " (line " + std::to_string(line) + ")";
        take_separator();
        return Record{number_, place, parsed_row(value, path_, line, column)};
    }
    std::unique_ptr<RecordReader> copy() const override { return std::make_unique<JsonListReader>(*this); }
    double done() const override { return share_read(at_, text_.size()); }

private:
    [[noreturn]] void refuse(std::string_view found, std::string_view expected) const {
        fail(path_ + ": line " + std::to_string(line_) + ", column " + std::to_string(at_ - line_begin_ + 1),
            found, expected);
    }

    void step() {
        if (text_[at_++] != '\n') return;
        ++line_;
        line_begin_ = at_;
    }

    void skip_blanks() {
        while (at_ < text_.size() && blanks.find(text_[at_]) != std::string_view::npos) step();
    }

    std::string_view take_value() {
        const std::size_t begin = at_;
        const std::int64_t line = line_;
        int depth = 0;
        for (bool in_string = false; at_ < text_.size(); step()) {
            const char letter = text_[at_];
            if (in_string) {
                if (letter == '\\' && at_ + 1 < text_.size()) step();
                in_string = letter != '"';
                continue;
            }
            if (depth == 0 && (letter == ',' || letter == ']')) return text_.substr(begin, at_ - begin);
            in_string = letter == '"';
            depth += letter == '{' || letter == '[';
            depth -= letter == '}' || letter == ']';
        }
        refuse("the end of the file inside the row that begins in line " + std::to_string(line),
            "a list that is closed by ']'");
    }

    void take_separator() {
        ended_ = text_[at_] == ']';
        ++at_;
        skip_blanks();
        if (ended_ && at_ < text_.size()) refuse("more behind the list", "the end of the file");
        if (!ended_ && at_ < text_.size() && text_[at_] == ']') refuse("']' behind a comma", "another row");
    }

    std::string_view text_;
    std::string path_;
    std::size_t at_ = 0;
    std::size_t line_begin_ = 0;
    std::int64_t line_ = 1;
    std::int64_t number_ = 0;
    bool ended_ = false;
};

} // namespace

Likeness like_json_lines(std::string_view bytes) {
    return opening(bytes) == "{\"" ? Likeness::Sure : Likeness::None;
}

std::unique_ptr<RecordReader> open_json_lines(std::string_view bytes, const std::string& path) {
    return std::make_unique<JsonLinesReader>(checked_text(bytes, path), path);
}

Likeness like_json_list(std::string_view bytes) {
    const std::string letters = opening(bytes);
    return letters == "[{" || letters == "[]" ? Likeness::Sure : Likeness::None;
}

std::unique_ptr<RecordReader> open_json_list(std::string_view bytes, const std::string& path) {
    return std::make_unique<JsonListReader>(checked_text(bytes, path), path);
}

} // namespace lora
