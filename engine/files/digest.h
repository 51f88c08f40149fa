#pragma once
// SHA-256, through OpenSSL.

#include <span>
#include <string>
#include <string_view>

namespace lora {

/// 64 lower-case hex digits.
std::string sha256(std::string_view bytes);
/// Of the pieces one after the other.
std::string sha256(std::span<const std::string_view> pieces);
/// Of a file's contents, read in pieces. Throws Error if it cannot be read.
std::string sha256_of_file(const std::string& path);

} // namespace lora
