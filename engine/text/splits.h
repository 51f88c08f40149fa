#pragma once
// The pre-tokenizer patterns that most vocabularies use, split by hand: one pass, no regular expression.
// Source: the patterns as GPT-2, Llama 3 and Qwen2 publish them, checked against `tokenizers` in tests/text.

#include <cstddef>
#include <optional>
#include <string_view>

namespace lora {

/// A published pattern. Each covers every text without gaps.
/// Gpt2: `'s|'t|…| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
/// Llama3: contractions of any case, one leading symbol with the letters, up to three digits, symbols with
/// their line ends. Qwen2: the same with single digits.
enum class KnownSplit { Gpt2, Llama3, Qwen2 };

/// The known split whose published text is exactly `expression`.
std::optional<KnownSplit> known_split(std::string_view expression);

/// One of the texts that known_split() knows it by.
std::string_view published_pattern(KnownSplit split);

/// Where the piece that begins at `begin` ends; `begin` < text.size().
std::size_t piece_end(KnownSplit split, std::string_view text, std::size_t begin);

} // namespace lora
