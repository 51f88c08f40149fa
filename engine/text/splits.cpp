#include "engine/text/splits.h"

#include "engine/text/unicode.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lora {

namespace {

constexpr std::string_view gpt2_pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view gpt2_short_pattern =
    R"('(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view llama3_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view qwen2_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

constexpr std::array<std::pair<std::string_view, KnownSplit>, 4> published{{
    {gpt2_pattern, KnownSplit::Gpt2},
    {gpt2_short_pattern, KnownSplit::Gpt2},
    {llama3_pattern, KnownSplit::Llama3},
    {qwen2_pattern, KnownSplit::Qwen2},
}};

struct Character {
    CharClass kind = CharClass::Other;
    char32_t value = 0;
    std::size_t size = 0; // 0 at the end of the text
};

Character character_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) {
        return {};
    }
    const CodePoint character = code_point_at(text, at);
    return {char_class(character.value), character.value, character.size_bytes};
}

/// The end of the run of `kind` that begins at `at`, of at most `most` units.
std::size_t run_end(
    std::string_view text, std::size_t at, CharClass kind, std::size_t most = std::string_view::npos) {
    for (std::size_t count = 0; count < most; ++count) {
        const Character character = character_at(text, at);
        if (character.size == 0 || character.kind != kind) {
            break;
        }
        at += character.size;
    }
    return at;
}

/// The end of a contraction ('s, 't, 're, 've, 'm, 'll, 'd) whose apostrophe is at `at`, or `at`.
std::size_t contraction_end(std::string_view text, std::size_t at, bool any_case) {
    const auto letter = [&](std::size_t position) -> char32_t {
        const char32_t value = character_at(text, position).value;
        if (any_case && value == 0x17F) { // ſ folds to s
            return 's';
        }
        return any_case && value >= 'A' && value <= 'Z' ? value + ('a' - 'A') : value;
    };
    const char32_t first = letter(at + 1);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
        return at + 1 + character_at(text, at + 1).size;
    }
    const char32_t second = first == 'r' || first == 'v' ? 'e' : 'l';
    if ((first == 'r' || first == 'v' || first == 'l') && letter(at + 2) == second) {
        return at + 3;
    }
    return at;
}

/// `\s+(?!\S)|\s+`: a run of spaces leaves its last one to the word that follows.
std::size_t spaces_end(std::string_view text, std::size_t begin) {
    const std::size_t end = run_end(text, begin, CharClass::Space);
    if (end == text.size()) {
        return end;
    }
    const std::size_t last = end - code_point_before(text, end).size_bytes;
    return last > begin ? last : end;
}

std::size_t gpt2_end(std::string_view text, std::size_t begin) {
    if (text[begin] == '\'') {
        const std::size_t end = contraction_end(text, begin, /*any_case=*/false);
        if (end > begin) {
            return end;
        }
    }
    std::size_t at = begin;
    Character character = character_at(text, at);
    if (character.value == ' ' && at + 1 < text.size()) {
        const Character next = character_at(text, at + 1);
        if (next.kind != CharClass::Space) {
            at += 1;
            character = next;
        }
    }
    return character.kind == CharClass::Space ? spaces_end(text, begin) : run_end(text, at, character.kind);
}

bool is_line_end(char32_t value) { return value == '\r' || value == '\n'; }

std::size_t line_ends(std::string_view text, std::size_t at) {
    while (at < text.size() && is_line_end(static_cast<unsigned char>(text[at]))) {
        ++at;
    }
    return at;
}

/// `\s*[\r\n]+|\s+(?!\S)|\s+`: spaces up to the last line end among them, else as GPT-2 has it.
std::size_t spaces_with_lines_end(std::string_view text, std::size_t begin) {
    const std::size_t run = run_end(text, begin, CharClass::Space);
    const std::size_t last = text.substr(begin, run - begin).find_last_of("\r\n");
    return last != std::string_view::npos ? begin + last + 1 : spaces_end(text, begin);
}

std::size_t llama3_end(std::string_view text, std::size_t begin, std::size_t most_digits) {
    if (text[begin] == '\'') {
        const std::size_t end = contraction_end(text, begin, /*any_case=*/true);
        if (end > begin) {
            return end;
        }
    }
    const Character character = character_at(text, begin);
    if (character.kind == CharClass::Letter) {
        return run_end(text, begin, CharClass::Letter);
    }
    if (character.kind == CharClass::Number) {
        return run_end(text, begin, CharClass::Number, most_digits);
    }
    const Character next = character_at(text, begin + character.size);
    if (!is_line_end(character.value) && next.size > 0 && next.kind == CharClass::Letter) {
        return run_end(text, begin + character.size, CharClass::Letter);
    }
    if (character.kind == CharClass::Other) {
        return line_ends(text, run_end(text, begin, CharClass::Other));
    }
    if (character.value == ' ' && next.size > 0 && next.kind == CharClass::Other) {
        return line_ends(text, run_end(text, begin + 1, CharClass::Other));
    }
    return spaces_with_lines_end(text, begin);
}

} // namespace

std::string_view published_pattern(KnownSplit split) {
    return std::find_if(published.begin(), published.end(), [split](const auto& one) {
        return one.second == split;
    })->first;
}

std::optional<KnownSplit> known_split(std::string_view expression) {
    for (const auto& [pattern, split] : published) {
        if (pattern == expression) {
            return split;
        }
    }
    return std::nullopt;
}

std::size_t piece_end(KnownSplit split, std::string_view text, std::size_t begin) {
    switch (split) {
    case KnownSplit::Llama3: return llama3_end(text, begin, 3);
    case KnownSplit::Qwen2: return llama3_end(text, begin, 1);
    case KnownSplit::Gpt2: break;
    }
    return gpt2_end(text, begin);
}

} // namespace lora
