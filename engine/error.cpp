#include "engine/error.h"

namespace lora {

namespace {

std::string message(
    std::string_view where, std::string_view found, std::string_view expected, std::string_view advice) {
    std::string text;
    text.append(where).append(": found ").append(found).append(", expected ").append(expected);
    if (!advice.empty()) text.append("; ").append(advice);
    return text;
}

} // namespace

Error::Error(const std::string& message) : std::runtime_error(message) {}

Error::Error(
    std::string_view where, std::string_view found, std::string_view expected, std::string_view advice)
    : std::runtime_error(message(where, found, expected, advice)), where_(where), found_(found),
      expected_(expected) {}

void fail(
    std::string_view where, std::string_view found, std::string_view expected, std::string_view advice) {
    throw Error(where, found, expected, advice);
}

std::string shown(std::string_view untrusted, std::size_t limit) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < untrusted.size() && i < limit; ++i) {
        const auto byte = static_cast<unsigned char>(untrusted[i]);
        if (byte < 0x20 || byte == 0x7f) {
            text += "\\x";
            text += digits[byte >> 4];
            text += digits[byte & 15];
        } else {
            text += untrusted[i];
        }
    }
    if (untrusted.size() > limit) text += "…";
    return text;
}

} // namespace lora
