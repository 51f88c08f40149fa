#include "engine/text/gguf_splits.h"

#include <initializer_list>
#include <string_view>

namespace lora {

namespace {

using Patterns = std::vector<std::string>;

// What several of them share: contractions, and what stands behind the letters and digits.
constexpr std::string_view contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
constexpr std::string_view signs = R"( ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view signs_and_slash = R"( ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view upper = R"([\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])";
constexpr std::string_view lower = R"([\p{Ll}\p{Lm}\p{Lo}\p{M}])";

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) {
        text += part;
    }
    return text;
}

/// Words that end where a capital follows, each with what `behind` allows.
std::string cased_words(std::string_view behind) {
    constexpr std::string_view sign = R"([^\r\n\p{L}\p{N}]?)";
    return joined({sign, upper, "*", lower, "+", behind, "|", sign, upper, "+", lower, "*", behind, "|"});
}

Patterns patterns_of(GgufSplits kind) {
    switch (kind) {
    case GgufSplits::Bloom: return {R"( ?[^(\s|.,!?…。，、।۔،)]+)"};
    case GgufSplits::Viking: return {R"( ?[^(\s|.,!?…。，、।۔،)]+)", R"(\p{N})"};
    case GgufSplits::Tekken: return {joined({cased_words(""), R"(\p{N}|)", signs_and_slash})};
    case GgufSplits::Gpt4o:
        return {joined({cased_words(joined({contractions, "?"})), R"(\p{N}{1,3}|)", signs_and_slash})};
    case GgufSplits::Qwen35:
        return {joined({contractions,
            R"(|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"})};
    case GgufSplits::DeepSeekCoder:
        return {R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)",
            R"([\x{4E00}-\x{9FA5}\x{0800}-\x{4E00}\x{AC00}-\x{D7FF}]+)", R"(\p{N})"};
    case GgufSplits::DeepSeek3:
        return {R"(\p{N}{1,3})", R"([\x{4E00}-\x{9FA5}\x{3040}-\x{309F}\x{30A0}-\x{30FF}]+)",
            R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+)"
            R"(| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"};
    case GgufSplits::Bailing:
        return {
            R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n])"
            R"(|\s+(?!\S)|\s+)"};
    case GgufSplits::SeedCoder:
        return {joined({contractions,
            R"(|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+)"})};
    case GgufSplits::SuperBpe: return {R"(\p{N}+)", R"((?=(\d{3})+(?!\d)))"};
    case GgufSplits::ExaoneMoe:
        return {joined({contractions,
            R"(|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?)"
            R"(|\s*[\r\n]|\s+(?!\S)|\s+)"})};
    case GgufSplits::MiniCpm5:
        return {R"(\p{N}{1,3})", joined({contractions, R"(|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}+|)", signs})};
    default: return {};
    }
}

SplitStep isolated(const std::string& expression, const std::string& where) {
    return PatternSplit{Pattern(expression, where)};
}

/// Signs apart first, then GPT-2's pattern; digits in threes.
std::vector<SplitStep> falcon_steps(const std::string& where) {
    return {
        isolated(R"([\p{P}\$\+<=>\^~\|`]+)", where), KnownSplit::Gpt2, isolated("[0-9][0-9][0-9]", where)};
}

/// llama.cpp's own choice for files that name no pre-tokenizer.
std::vector<SplitStep> default_steps(const std::string& where) {
    return {isolated(R"([\p{P}\$\+<=>\^~\|]+)", where), KnownSplit::Gpt2, isolated(R"(\p{N}+)", where),
        isolated("[0-9][0-9][0-9]", where)};
}

} // namespace

std::vector<SplitStep> steps_of(GgufSplits splits, const std::string& where) {
    switch (splits) {
    case GgufSplits::Gpt2: return {KnownSplit::Gpt2};
    case GgufSplits::Digits: return {DigitSplit{/*individual=*/true}, KnownSplit::Gpt2};
    case GgufSplits::Llama3: return {KnownSplit::Llama3};
    case GgufSplits::Qwen2: return {KnownSplit::Qwen2};
    case GgufSplits::Falcon: return falcon_steps(where);
    case GgufSplits::Default: return default_steps(where);
    default: break;
    }
    std::vector<SplitStep> steps;
    for (const std::string& pattern : patterns_of(splits)) {
        steps.push_back(isolated(pattern, where));
    }
    return steps;
}

} // namespace lora
