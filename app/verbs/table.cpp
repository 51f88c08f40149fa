#include "app/verbs/table.h"

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace lora {

namespace {

std::string formatted(const char* format, int digits, const std::optional<double>& value) {
    if (!value) return "-";
    char text[64];
    std::snprintf(text, sizeof text, format, digits, *value);
    return text;
}

/// Places that a text takes on a terminal: bytes of UTF-8 that go on with a letter take none.
std::size_t letters(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

} // namespace

void Table::print() const {
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], letters(row[i]));
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string padding(widths[i] - letters(row[i]), ' ');
            std::cout << (i == 0 ? row[i] + padding : "  " + padding + row[i]);
        }
        std::cout << '\n';
    }
    std::cout << std::flush;
}

std::string fixed(const std::optional<double>& value, int digits) { return formatted("%.*f", digits, value); }
std::string scientific(const std::optional<double>& value) { return formatted("%.*e", 3, value); }

} // namespace lora
