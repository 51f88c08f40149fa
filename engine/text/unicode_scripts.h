#pragma once
// The scripts that the pre-tokenizer UnicodeScripts tells apart, by the names that expressions know them by.

#include <span>
#include <string_view>

namespace lora {

/// The scripts of `tokenizers`' own table, which is of Unicode 9, but for the Chinese and Japanese ones,
/// which count as one, and Common.
std::span<const std::string_view> unicode_scripts();

} // namespace lora
