#pragma once
// Aligned columns on standard output: the first to the left, the others to the right.

#include <optional>
#include <string>
#include <vector>

namespace lora {

class Table {
public:
    explicit Table(std::vector<std::string> titles) : rows_{std::move(titles)} {}
    /// As many cells as titles.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    void print() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

/// With this many digits after the point; "-" for none.
std::string fixed(const std::optional<double>& value, int digits = 2);
/// As 1.234e+05; "-" for none.
std::string scientific(const std::optional<double>& value);

} // namespace lora
