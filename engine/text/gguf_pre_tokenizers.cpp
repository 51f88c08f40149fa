#include "engine/text/gguf_pre_tokenizers.h"

#include "engine/error.h"
#include "engine/text/gguf_splits.h"

#include <array>

namespace lora {

namespace {

struct Known {
    std::string_view name;
    GgufSplits splits = GgufSplits::Gpt2;
    bool ignore_merges = false;
    bool adds_bos = false;
};

constexpr bool stays_whole = true; // a piece that is a token stays whole
constexpr bool takes_bos = true;   // the begin token stands in front

constexpr std::array<Known, 69> known_pre_tokenizers{{
    {"default", GgufSplits::Default},
    {"gpt-2", GgufSplits::Gpt2},
    {"phi-2", GgufSplits::Gpt2},
    {"mpt", GgufSplits::Gpt2},
    {"olmo", GgufSplits::Gpt2},
    {"jais", GgufSplits::Gpt2},
    {"jina-es", GgufSplits::Gpt2},
    {"jina-de", GgufSplits::Gpt2},
    {"jina-v1-en", GgufSplits::Gpt2},
    {"jina-v2-es", GgufSplits::Gpt2},
    {"jina-v2-de", GgufSplits::Gpt2},
    {"jina-v2-code", GgufSplits::Gpt2},
    {"roberta-bpe", GgufSplits::Gpt2},
    {"gigachat", GgufSplits::Gpt2},
    {"a.x-4.0", GgufSplits::Gpt2},
    {"mellum", GgufSplits::Gpt2},
    {"modern-bert", GgufSplits::Gpt2},
    {"exaone4", GgufSplits::Gpt2},
    {"trillion", GgufSplits::Gpt2},
    {"granite-docling", GgufSplits::Gpt2},
    {"smollm", GgufSplits::Digits},
    {"starcoder", GgufSplits::Digits},
    {"refact", GgufSplits::Digits},
    {"command-r", GgufSplits::Digits},
    {"codeshell", GgufSplits::Digits},
    {"exaone", GgufSplits::Digits},
    {"minerva-7b", GgufSplits::Digits},
    {"mellum2", GgufSplits::Digits},
    {"llama-bpe", GgufSplits::Llama3, stays_whole, takes_bos},
    {"llama-v3", GgufSplits::Llama3, stays_whole, takes_bos},
    {"llama3", GgufSplits::Llama3, stays_whole, takes_bos},
    {"falcon3", GgufSplits::Llama3, stays_whole, takes_bos},
    {"falcon-h1", GgufSplits::Llama3, stays_whole, takes_bos},
    {"pixtral", GgufSplits::Llama3, stays_whole, takes_bos},
    {"midm-2.0", GgufSplits::Llama3, stays_whole, takes_bos},
    {"lfm2", GgufSplits::Llama3, stays_whole, takes_bos},
    {"jina-v5-nano", GgufSplits::Llama3, stays_whole, takes_bos},
    {"dbrx", GgufSplits::Llama3},
    {"smaug-bpe", GgufSplits::Llama3},
    {"glm4", GgufSplits::Llama3},
    {"chatglm-bpe", GgufSplits::Llama3},
    {"qwen2", GgufSplits::Qwen2},
    {"deepseek-r1-qwen", GgufSplits::Qwen2},
    {"megrez", GgufSplits::Qwen2},
    {"kormo", GgufSplits::Qwen2},
    {"stablelm2", GgufSplits::Qwen2},
    {"hunyuan", GgufSplits::Qwen2},
    {"solar-open", GgufSplits::Qwen2},
    {"grok-2", GgufSplits::Qwen2},
    {"qwen35", GgufSplits::Qwen35},
    {"falcon", GgufSplits::Falcon},
    {"bloom", GgufSplits::Bloom},
    {"poro-chat", GgufSplits::Bloom},
    {"gpt3-finnish", GgufSplits::Bloom},
    {"viking", GgufSplits::Viking},
    {"tekken", GgufSplits::Tekken, stays_whole, takes_bos},
    {"gpt-4o", GgufSplits::Gpt4o},
    {"llama4", GgufSplits::Gpt4o},
    {"kanana2", GgufSplits::Gpt4o},
    {"minimax-m2", GgufSplits::Gpt4o},
    {"deepseek-coder", GgufSplits::DeepSeekCoder},
    {"deepseek-v3", GgufSplits::DeepSeek3},
    {"bailingmoe", GgufSplits::Bailing},
    {"bailingmoe2", GgufSplits::Bailing},
    {"llada-moe", GgufSplits::Bailing},
    {"seed-coder", GgufSplits::SeedCoder},
    {"superbpe", GgufSplits::SuperBpe},
    {"exaone-moe", GgufSplits::ExaoneMoe},
    {"minicpm5", GgufSplits::MiniCpm5, stays_whole},
}};

} // namespace

GgufPreTokenizer gguf_pre_tokenizer(std::string_view name, const std::string& where) {
    std::string names;
    for (const Known& each : known_pre_tokenizers) {
        if (each.name == name) {
            // Qwen's own tokenizer.json composes; GGUF has no word for it.
            const bool composes = name == "qwen2" || name == "deepseek-r1-qwen" || name == "qwen35";
            return {composes ? std::vector<NormalizerStep>{UnicodeForm::Nfc} : std::vector<NormalizerStep>{},
                steps_of(each.splits, where), each.ignore_merges, each.adds_bos};
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
           "ñ Привет γειά 你好，世界。 かなカナ 한국어 ภาษา हिन्दी ١٢٣٤ ½ Ⅻ "
           "😀👍🏽 "
           "“q”… "
           "\u00A0x\u3000y "
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
            && pieces_of(PreTokenizer(steps_of(each.splits, std::string(each.name)))) == wanted) {
            return each.name;
        }
    }
    return std::nullopt;
}

} // namespace lora
