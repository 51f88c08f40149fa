#include "engine/templates/number_text.h"

#include "engine/templates/budget.h"
#include "engine/templates/characters.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

namespace lora::jinja {

namespace {

/// Without white space, small, and without the _ that stands between two digits; nothing where one stands
/// elsewhere.
std::optional<std::string> plain(std::string_view text) {
    text = stripped_right(stripped_left(text));
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto is_alnum = [&](std::size_t place) {
            return place < text.size() && std::isalnum(static_cast<unsigned char>(text[place])) != 0;
        };
        if (text[at] != '_')
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(text[at])));
        else if (at == 0 || !is_alnum(at - 1) || !is_alnum(at + 1))
            return {};
    }
    return out;
}

} // namespace

std::optional<std::int64_t> integer_in(std::string_view text, std::int64_t base) {
    if (base < 2 || base > 36) throw Refusal{"the base " + std::to_string(base), "2 to 36"};
    std::optional<std::string> digits = plain(text);
    if (!digits || digits->empty()) return {};
    const bool negative = digits->front() == '-';
    if (negative || digits->front() == '+') digits->erase(0, 1);
    const std::string_view prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
    if (!prefix.empty() && digits->compare(0, 2, prefix) == 0) digits->erase(0, 2);
    if (digits->empty() || digits->front() == '-') return {};
    if (negative) digits->insert(0, "-");
    std::int64_t number = 0;
    const char* const end = digits->data() + digits->size();
    const auto result = std::from_chars(digits->data(), end, number, static_cast<int>(base));
    if (result.ptr != end) return {};
    if (result.ec == std::errc::result_out_of_range)
        throw Refusal{"a whole number beyond 63 bits", "numbers that fit"};
    return number;
}

std::optional<double> real_in(std::string_view text) {
    std::optional<std::string> digits = plain(text);
    if (!digits || digits->empty()) return {};
    if (digits->front() == '+') digits->erase(0, 1);
    if (digits->empty() || digits->find('(') != std::string::npos
        || (digits->size() > 1 && (*digits)[1] == '+'))
        return {};
    double number = 0;
    const char* const end = digits->data() + digits->size();
    const auto result = std::from_chars(digits->data(), end, number);
    if (result.ptr != end || result.ec == std::errc::invalid_argument) return {};
    if (result.ec == std::errc::result_out_of_range)
        throw Refusal{"a number beyond a float's range", "one inside"};
    return number;
}

} // namespace lora::jinja
