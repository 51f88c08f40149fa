#include "engine/text/gguf_pre_tokenizers.h"

#include "engine/error.h"

#include <array>
#include <utility>

namespace lora {

namespace {

enum class Kind { Gpt2, Digits, Llama3, Qwen2, Default };

constexpr std::array<std::pair<std::string_view, Kind>, 9> known{{
    {"default", Kind::Default},
    {"gpt-2", Kind::Gpt2},
    {"phi-2", Kind::Gpt2},
    {"smollm", Kind::Digits},
    {"starcoder", Kind::Digits},
    {"llama-bpe", Kind::Llama3},
    {"llama-v3", Kind::Llama3},
    {"llama3", Kind::Llama3},
    {"qwen2", Kind::Qwen2},
}};

/// llama.cpp's own choice for files that name no pre-tokenizer.
std::vector<SplitStep> default_steps(const std::string& where) {
    std::vector<SplitStep> steps;
    steps.emplace_back(PatternSplit{Pattern(R"([\p{P}\$\+<=>\^~\|]+)", where)});
    steps.emplace_back(KnownSplit::Gpt2);
    steps.emplace_back(PatternSplit{Pattern(R"(\p{N}+)", where)});
    steps.emplace_back(PatternSplit{Pattern("[0-9][0-9][0-9]", where)});
    return steps;
}

GgufPreTokenizer made(Kind kind, const std::string& where) {
    switch (kind) {
    case Kind::Digits: return {{}, {DigitSplit{/*individual=*/true}, KnownSplit::Gpt2}};
    case Kind::Llama3: return {{}, {KnownSplit::Llama3}, /*ignore_merges=*/true, /*adds_bos=*/true};
    case Kind::Qwen2: return {{UnicodeForm::Nfc}, {KnownSplit::Qwen2}};
    case Kind::Default: return {{}, default_steps(where)};
    case Kind::Gpt2: break;
    }
    return {{}, {KnownSplit::Gpt2}};
}

} // namespace

GgufPreTokenizer gguf_pre_tokenizer(std::string_view name, const std::string& where) {
    std::string names;
    for (const auto& [known_name, kind] : known) {
        if (known_name == name) {
            return made(kind, where);
        }
        names += (names.empty() ? "" : ", ") + std::string(known_name);
    }
    fail(where, "'" + shown(name) + "'", "one of " + names,
        "a folder with the model's own tokenizer.json can be opened instead");
}

} // namespace lora
