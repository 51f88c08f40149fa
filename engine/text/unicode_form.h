#pragma once
// Unicode's four normal forms, through utf8proc's tables. Bytes that are not UTF-8 stay as they are.

#include <string>
#include <string_view>

namespace lora {

enum class UnicodeForm { Nfc, Nfd, Nfkc, Nfkd };

/// `text` in the form. Linear but for the sorting of marks: O(n log n) even for one letter with a million
/// marks.
std::string to_form(std::string_view text, UnicodeForm form);

} // namespace lora
