#pragma once
// Rows of comma-separated values, as RFC 4180 quotes them; lines end in "\n".

#include <string>
#include <vector>

namespace lora {

/// One line, its end included. A cell is quoted where a comma, a quote or a line break in it demands that.
std::string csv_line(const std::vector<std::string>& cells);

} // namespace lora
