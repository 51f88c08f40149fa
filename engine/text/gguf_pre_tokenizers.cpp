#include "engine/text/gguf_pre_tokenizers.h"

#include "engine/error.h"

#include <array>
#include <initializer_list>
#include <string>
#include <vector>

namespace lora {

namespace {

enum class Kind {
    Gpt2,
    Digits,
    Llama3,
    Qwen2,
    Default,
    Falcon,
    Bloom,
    Viking,
    Tekken,
    Gpt4o,
    Qwen35,
    DeepSeekCoder,
    DeepSeek3,
    Bailing,
    SeedCoder,
    SuperBpe,
    ExaoneMoe,
    MiniCpm5,
};

struct Known {
    std::string_view name;
    Kind kind = Kind::Gpt2;
    bool ignore_merges = false;
    bool adds_bos = false;
};

constexpr bool whole = true;  // a piece that is a token stays whole
constexpr bool begins = true; // the begin token stands in front

constexpr std::array<Known, 69> known_pre_tokenizers{{
    {"default", Kind::Default},
    {"gpt-2", Kind::Gpt2},
    {"phi-2", Kind::Gpt2},
    {"mpt", Kind::Gpt2},
    {"olmo", Kind::Gpt2},
    {"jais", Kind::Gpt2},
    {"jina-es", Kind::Gpt2},
    {"jina-de", Kind::Gpt2},
    {"jina-v1-en", Kind::Gpt2},
    {"jina-v2-es", Kind::Gpt2},
    {"jina-v2-de", Kind::Gpt2},
    {"jina-v2-code", Kind::Gpt2},
    {"roberta-bpe", Kind::Gpt2},
    {"gigachat", Kind::Gpt2},
    {"a.x-4.0", Kind::Gpt2},
    {"mellum", Kind::Gpt2},
    {"modern-bert", Kind::Gpt2},
    {"exaone4", Kind::Gpt2},
    {"trillion", Kind::Gpt2},
    {"granite-docling", Kind::Gpt2},
    {"smollm", Kind::Digits},
    {"starcoder", Kind::Digits},
    {"refact", Kind::Digits},
    {"command-r", Kind::Digits},
    {"codeshell", Kind::Digits},
    {"exaone", Kind::Digits},
    {"minerva-7b", Kind::Digits},
    {"mellum2", Kind::Digits},
    {"llama-bpe", Kind::Llama3, whole, begins},
    {"llama-v3", Kind::Llama3, whole, begins},
    {"llama3", Kind::Llama3, whole, begins},
    {"falcon3", Kind::Llama3, whole, begins},
    {"falcon-h1", Kind::Llama3, whole, begins},
    {"pixtral", Kind::Llama3, whole, begins},
    {"midm-2.0", Kind::Llama3, whole, begins},
    {"lfm2", Kind::Llama3, whole, begins},
    {"jina-v5-nano", Kind::Llama3, whole, begins},
    {"dbrx", Kind::Llama3},
    {"smaug-bpe", Kind::Llama3},
    {"glm4", Kind::Llama3},
    {"chatglm-bpe", Kind::Llama3},
    {"qwen2", Kind::Qwen2},
    {"deepseek-r1-qwen", Kind::Qwen2},
    {"megrez", Kind::Qwen2},
    {"kormo", Kind::Qwen2},
    {"stablelm2", Kind::Qwen2},
    {"hunyuan", Kind::Qwen2},
    {"solar-open", Kind::Qwen2},
    {"grok-2", Kind::Qwen2},
    {"qwen35", Kind::Qwen35},
    {"falcon", Kind::Falcon},
    {"bloom", Kind::Bloom},
    {"poro-chat", Kind::Bloom},
    {"gpt3-finnish", Kind::Bloom},
    {"viking", Kind::Viking},
    {"tekken", Kind::Tekken, whole, begins},
    {"gpt-4o", Kind::Gpt4o},
    {"llama4", Kind::Gpt4o},
    {"kanana2", Kind::Gpt4o},
    {"minimax-m2", Kind::Gpt4o},
    {"deepseek-coder", Kind::DeepSeekCoder},
    {"deepseek-v3", Kind::DeepSeek3},
    {"bailingmoe", Kind::Bailing},
    {"bailingmoe2", Kind::Bailing},
    {"llada-moe", Kind::Bailing},
    {"seed-coder", Kind::SeedCoder},
    {"superbpe", Kind::SuperBpe},
    {"exaone-moe", Kind::ExaoneMoe},
    {"minicpm5", Kind::MiniCpm5, whole},
}};

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

Patterns patterns_of(Kind kind) {
    switch (kind) {
    case Kind::Bloom: return {R"( ?[^(\s|.,!?…。，、।۔،)]+)"};
    case Kind::Viking: return {R"( ?[^(\s|.,!?…。，、।۔،)]+)", R"(\p{N})"};
    case Kind::Tekken: return {joined({cased_words(""), R"(\p{N}|)", signs_and_slash})};
    case Kind::Gpt4o:
        return {joined({cased_words(joined({contractions, "?"})), R"(\p{N}{1,3}|)", signs_and_slash})};
    case Kind::Qwen35:
        return {joined({contractions,
            R"(|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"})};
    case Kind::DeepSeekCoder:
        return {R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)",
            R"([\x{4E00}-\x{9FA5}\x{0800}-\x{4E00}\x{AC00}-\x{D7FF}]+)", R"(\p{N})"};
    case Kind::DeepSeek3:
        return {R"(\p{N}{1,3})", R"([\x{4E00}-\x{9FA5}\x{3040}-\x{309F}\x{30A0}-\x{30FF}]+)",
            R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+)"
            R"(| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"};
    case Kind::Bailing:
        return {
            R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n])"
            R"(|\s+(?!\S)|\s+)"};
    case Kind::SeedCoder:
        return {joined({contractions,
            R"(|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+)"})};
    case Kind::SuperBpe: return {R"(\p{N}+)", R"((?=(\d{3})+(?!\d)))"};
    case Kind::ExaoneMoe:
        return {joined({contractions,
            R"(|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?)"
            R"(|\s*[\r\n]|\s+(?!\S)|\s+)"})};
    case Kind::MiniCpm5:
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

std::vector<SplitStep> steps_of(Kind kind, const std::string& where) {
    switch (kind) {
    case Kind::Gpt2: return {KnownSplit::Gpt2};
    case Kind::Digits: return {DigitSplit{/*individual=*/true}, KnownSplit::Gpt2};
    case Kind::Llama3: return {KnownSplit::Llama3};
    case Kind::Qwen2: return {KnownSplit::Qwen2};
    case Kind::Falcon: return falcon_steps(where);
    case Kind::Default: return default_steps(where);
    default: break;
    }
    std::vector<SplitStep> steps;
    for (const std::string& pattern : patterns_of(kind)) {
        steps.push_back(isolated(pattern, where));
    }
    return steps;
}

} // namespace

GgufPreTokenizer gguf_pre_tokenizer(std::string_view name, const std::string& where) {
    std::string names;
    for (const Known& each : known_pre_tokenizers) {
        if (each.name == name) {
            // Qwen's own tokenizer.json composes; GGUF has no word for it.
            const bool composes = name == "qwen2" || name == "deepseek-r1-qwen" || name == "qwen35";
            return {composes ? std::vector<NormalizerStep>{UnicodeForm::Nfc} : std::vector<NormalizerStep>{},
                steps_of(each.kind, where), each.ignore_merges, each.adds_bos};
        }
        names.append(names.empty() ? "" : ", ").append(each.name);
    }
    fail(where, "'" + shown(name) + "'", "one of " + names,
        "a folder with the model's own tokenizer.json can be opened instead");
}

std::string_view telling_text() {
    return "Hello, world! I'm you're WE'LL it's they'VE 'tis don't\n\n  two  spaces\t\ttabs \n line\r\nends  "
           " \n"
           " 1 12 123 1234 1234567 3.14 v2.0 x86_64 $100 50% a1b2 (c) [d] {e} <f/> //g\n/h \\i ==> != :: ... "
           "--- "
           "camelCaseWords HTTPServer ABCdef \"quoted\" `code` user@example.com #tag ~ ^ | & * _ café naïve "
           "Über "
           "ñ Привет γειά 你好，世界。 かなカナ 한국어 ภาษา हिन्दी ١٢٣٤ ½ Ⅻ 😀👍🏽 “q”… \u00A0x\u3000y "
           "end";
}

std::optional<std::string_view> gguf_pre_tokenizer_name(const PreTokenizer& splits, bool ignore_merges) {
    const auto pieces_of = [](const PreTokenizer& pre_tokenizer) {
        std::vector<std::string> pieces;
        pre_tokenizer.split(telling_text(), /*at_start=*/true,
            [&](std::string_view piece, const Places&) { pieces.emplace_back(piece); });
        return pieces;
    };
    const std::vector<std::string> wanted = pieces_of(splits);
    for (const Known& each : known_pre_tokenizers) {
        if (each.ignore_merges == ignore_merges
            && pieces_of(PreTokenizer(steps_of(each.kind, std::string(each.name)))) == wanted) {
            return each.name;
        }
    }
    return std::nullopt;
}

} // namespace lora
