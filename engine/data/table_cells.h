#pragma once
// The cells of a table's text, as RFC 4180 has them: between delimiters, in quotes where they hold a
// delimiter, a quote or a line break.

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

class TextCursor;

/// The cells of a table, a row at a time.
class TableCells {
public:
    TableCells(TextCursor& text, std::string path, char delimiter);
    /// `text` is at the place of the other's.
    TableCells(const TableCells& other, TextCursor& text);

    /// The number of the line that the last row began in.
    std::int64_t row_line() const { return row_line_; }
    std::string place(std::int64_t line) const { return path_ + ": line " + std::to_string(line); }

    /// False at the end of the text. Blank lines are passed over. Throws Error for quotes that do not fit,
    /// for too many cells and for a row that is too long.
    bool next(std::vector<std::string>& cells);

private:
    bool is_line_end();
    void end_line();
    void check_size() const;
    std::string plain();
    std::string quoted();

    TextCursor& text_;
    std::string path_;
    char delimiter_;
    std::int64_t row_line_ = 1;
};

} // namespace lora
