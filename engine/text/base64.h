#pragma once
// Bytes written as letters: RFC 4648, section 4.

#include <optional>
#include <string>
#include <string_view>

namespace lora {

/// The bytes; none for a text that is not base64, its padding included.
std::optional<std::string> from_base64(std::string_view text);

} // namespace lora
