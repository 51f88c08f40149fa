#include "engine/data/table_cells.h"

#include "engine/data/text_cursor.h"
#include "engine/error.h"

#include <cstddef>
#include <utility>

namespace lora {

namespace {

constexpr std::size_t most_cells = 1024;
constexpr std::size_t most_bytes_a_row = 16 << 20;

} // namespace

TableCells::TableCells(TextCursor& text, std::string path, char delimiter)
    : text_(text), path_(std::move(path)), delimiter_(delimiter) {}

TableCells::TableCells(const TableCells& other, TextCursor& text)
    : text_(text), path_(other.path_), delimiter_(other.delimiter_), row_line_(other.row_line_) {}

bool TableCells::next(std::vector<std::string>& cells) {
    for (text_.mark(); !text_.at_end() && is_line_end(); text_.mark()) end_line();
    if (text_.at_end()) return false;
    cells.clear();
    row_line_ = text_.line();
    while (true) {
        cells.push_back(text_.letter_or('\n') == '"' ? quoted() : plain());
        if (cells.size() > most_cells)
            fail(place(row_line_), "more cells", "at most " + std::to_string(most_cells));
        if (text_.at_end()) return true;
        if (is_line_end()) {
            end_line();
            return true;
        }
        text_.step(); // the delimiter
    }
}

bool TableCells::is_line_end() {
    return text_.letter() == '\n' || (text_.letter() == '\r' && text_.is_at("\r\n"));
}

void TableCells::end_line() { text_.step(text_.letter() == '\r' ? 2 : 1); }

void TableCells::check_size() const {
    if (text_.marked_bytes() > most_bytes_a_row)
        fail(place(row_line_), "a row of more than 16 MB", "shorter ones",
            "is a quote missing that closes a cell?");
}

std::string TableCells::plain() {
    std::string cell;
    for (; !text_.at_end() && text_.letter() != delimiter_ && !is_line_end(); text_.step()) {
        cell.push_back(text_.letter());
        check_size();
    }
    return cell;
}

std::string TableCells::quoted() {
    std::string cell;
    for (text_.step(); !text_.at_end(); text_.step()) {
        if (text_.letter() == '"') {
            text_.step();
            if (text_.letter_or('\n') != '"') { // else one of two, which stand for one
                if (!text_.at_end() && text_.letter() != delimiter_ && !is_line_end())
                    fail(place(text_.line()), "text behind the quote that closes a cell",
                        "a delimiter or the end of the line",
                        "a quote inside of a quoted cell is written twice");
                return cell;
            }
        }
        cell.push_back(text_.letter());
        check_size();
    }
    fail(place(row_line_), "a quote that opens a cell and no quote that closes it", "one that does");
}

} // namespace lora
