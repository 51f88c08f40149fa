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

} // namespace

void Table::print() const {
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string padding(widths[i] - row[i].size(), ' ');
            std::cout << (i == 0 ? row[i] + padding : "  " + padding + row[i]);
        }
        std::cout << '\n';
    }
    std::cout << std::flush;
}

std::string fixed(const std::optional<double>& value, int digits) { return formatted("%.*f", digits, value); }
std::string scientific(const std::optional<double>& value) { return formatted("%.*e", 3, value); }

} // namespace lora
