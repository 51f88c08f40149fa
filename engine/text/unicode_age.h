#pragma once
// Characters that one version of Unicode knows and another does not. Vocabularies were made by the package
// `tokenizers`, whose parts each know their own version: the steps of BERT know Unicode 8, the patterns of
// byte-level vocabularies Unicode 16.

namespace lora {

/// Whether this mark, sign or format character came after Unicode 8; of any other character false.
bool is_mark_after_unicode_8(char32_t value);

/// Letters and numbers that came after Unicode 14 and up to 16, which an installed utf8proc may not know.
bool is_new_letter(char32_t value);
bool is_new_number(char32_t value);

} // namespace lora
