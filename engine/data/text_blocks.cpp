#include "engine/data/text_blocks.h"

#include "engine/text/unicode.h"

#include <algorithm>
#include <vector>

namespace lora {

namespace {

// Tokens and the pieces that they are made from are far shorter, and one end of a piece is all that counts.
constexpr std::size_t looked_at_bytes = 512;
constexpr int most_tries = 64;

bool is_inside_a_letter(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
}

bool is_space_at(std::string_view text, std::size_t at) {
    return char_class(code_point_at(text, at).value) == CharClass::Space;
}

bool parts_at(std::string_view text, std::size_t at, const Tokenizer& tokenizer) {
    std::size_t first = at - std::min(at, looked_at_bytes);
    while (is_inside_a_letter(text, first)) --first;
    std::size_t last = std::min(text.size(), at + looked_at_bytes);
    while (is_inside_a_letter(text, last)) ++last;
    std::vector<TokenId> ids = tokenizer.encode_further(text.substr(first, at - first));
    const std::vector<TokenId> behind = tokenizer.encode_further(text.substr(at, last - at));
    ids.insert(ids.end(), behind.begin(), behind.end());
    return ids == tokenizer.encode_further(text.substr(first, last - first));
}

/// The next place behind `from` where a line begins that does not begin with a space.
std::size_t line_behind(std::string_view text, std::size_t from) {
    for (std::size_t at = text.find('\n', from); at < text.size(); at = text.find('\n', at + 1))
        if (at + 1 < text.size() && !is_space_at(text, at + 1)) return at + 1;
    return text.size();
}

/// The same of a single space between two words.
std::size_t word_behind(std::string_view text, std::size_t from) {
    for (std::size_t at = text.find(' ', from + 1); at < text.size(); at = text.find(' ', at + 1))
        if (at + 1 < text.size() && static_cast<unsigned char>(text[at - 1]) > ' '
            && !is_space_at(text, at + 1))
            return at;
    return text.size();
}

} // namespace

std::size_t block_end(
    std::string_view text, std::size_t begin, const Tokenizer& tokenizer, std::size_t size_bytes) {
    if (text.size() - begin <= size_bytes) return text.size();
    for (const auto next : {line_behind, word_behind}) {
        std::size_t at = next(text, begin + size_bytes);
        // A line of gigabytes is better cut between words.
        for (int tries = 0; tries < most_tries && at - begin < 4 * size_bytes; ++tries) {
            if (at == text.size() || parts_at(text, at, tokenizer)) return at;
            at = next(text, at);
        }
    }
    return text.size();
}

} // namespace lora
