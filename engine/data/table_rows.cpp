#include "engine/data/table_rows.h"

#include "engine/data/record.h"
#include "engine/data/row_shapes.h"
#include "engine/data/table_cells.h"
#include "engine/data/text_bytes.h"
#include "engine/data/text_cursor.h"
#include "engine/error.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

namespace lora {

namespace {

std::string as_column(std::string title) {
    const auto first = title.find_first_not_of(" \t");
    if (first == std::string::npos) return {};
    title = title.substr(first, title.find_last_not_of(" \t") - first + 1);
    for (char& letter : title) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return title;
}

/// Titles in lower case without blanks around them, as people write "Question". Columns without a title (an
/// index that pandas wrote) are left out of the rows.
class TableReader : public RecordReader {
public:
    TableReader(std::unique_ptr<TextCursor> text, const std::string& path, char delimiter)
        : text_(std::move(text)), cells_(*text_, path, delimiter) {
        cells_.next(titles_);
        std::set<std::string> seen;
        for (std::string& title : titles_) {
            title = as_column(title);
            if (!title.empty() && !seen.insert(title).second)
                fail(cells_.place(cells_.row_line()), "the title '" + shown(title, 60) + "' a second time",
                    "each title once");
        }
    }

    /// `text` is at the place of the other's.
    TableReader(const TableReader& other, std::unique_ptr<TextCursor> text)
        : RecordReader(other), text_(std::move(text)), cells_(other.cells_, *text_), titles_(other.titles_) {}

    std::optional<Record> next() override {
        if (!cells_.next(row_)) return std::nullopt;
        const std::int64_t line = cells_.row_line();
        if (row_.size() != titles_.size())
            fail(cells_.place(line), std::to_string(row_.size()) + " cells",
                std::to_string(titles_.size()) + " as in the titles",
                "a cell that holds the delimiter or a line break stands in quotes");
        Json columns = Json::object();
        for (std::size_t i = 0; i < row_.size(); ++i)
            if (!titles_[i].empty()) columns[titles_[i]] = std::move(row_[i]);
        return Record{line, "line " + std::to_string(line), std::move(columns)};
    }
    std::unique_ptr<RecordReader> copy() const override {
        auto text = text_->copy();
        return text ? std::make_unique<TableReader>(*this, std::move(text)) : nullptr;
    }
    double done() const override { return text_->done(); }

private:
    std::unique_ptr<TextCursor> text_;
    TableCells cells_;
    std::vector<std::string> titles_;
    std::vector<std::string> row_;
};

std::vector<std::string> first_row(std::string_view bytes, char delimiter) {
    std::vector<std::string> cells;
    const std::string_view start = first_bytes(bytes);
    if (start.find('\0') != std::string_view::npos) return cells;
    TextCursor text(start);
    TableCells(text, "", delimiter).next(cells);
    return cells;
}

/// Whether the titles between these delimiters are columns that rows are made from.
bool has_known_titles(std::string_view bytes, char delimiter) {
    try {
        Json columns = Json::object();
        const std::vector<std::string> cells = first_row(bytes, delimiter);
        for (const std::string& cell : cells) columns[as_column(cell)] = "";
        return cells.size() > 1 && shape_of(columns) != nullptr;
    } catch (const Error&) { // a quote that is none of a table's
        return false;
    }
}

char delimiter_of_csv(std::string_view text) {
    for (const char delimiter : {',', ';', '\t'})
        if (has_known_titles(text, delimiter)) return delimiter;
    return ',';
}

/// Whether the first lines have as many of a delimiter each, and at least one.
bool looks_like_table(std::string_view start, char delimiter) {
    static constexpr int looked_at = 5;
    std::ptrdiff_t columns = 0;
    int lines = 0;
    while (lines < looked_at && start.find('\n') != std::string_view::npos) {
        const std::string_view line = start.substr(0, start.find('\n'));
        start.remove_prefix(line.size() + 1);
        if (is_blank(line)) continue;
        const auto here = std::count(line.begin(), line.end(), delimiter);
        if (here == 0 || (lines > 0 && here != columns)) return false;
        columns = here;
        ++lines;
    }
    return lines > 1;
}

} // namespace

Likeness like_csv(std::string_view bytes) {
    const bool known = has_known_titles(bytes, ',') || has_known_titles(bytes, ';');
    return known ? Likeness::Likely : Likeness::None;
}

std::unique_ptr<RecordReader> open_csv(std::unique_ptr<TextCursor> text, const std::string& path) {
    const char delimiter = delimiter_of_csv(text->ahead());
    return std::make_unique<TableReader>(std::move(text), path, delimiter);
}

Likeness like_tsv(std::string_view bytes) {
    return has_known_titles(bytes, '\t') ? Likeness::Likely : Likeness::None;
}

std::unique_ptr<RecordReader> open_tsv(std::unique_ptr<TextCursor> text, const std::string& path) {
    return std::make_unique<TableReader>(std::move(text), path, '\t');
}

Likeness like_plain_text(std::string_view bytes) {
    const std::string_view start = first_bytes(bytes);
    const bool no_text = start.find('\0') != std::string_view::npos;
    const bool table =
        looks_like_table(start, ',') || looks_like_table(start, ';') || looks_like_table(start, '\t');
    return no_text || table ? Likeness::None : Likeness::Likely;
}

} // namespace lora
