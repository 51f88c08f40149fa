#include "engine/text/gguf_tokenizer_json.h"

#include "engine/text/gguf_pre_tokenizers.h"
#include "engine/text/tokenizer.h"

#include <string>
#include <string_view>
#include <unordered_set>

namespace lora {

namespace {

// Source: llama_token_type in llama.cpp's gguf-py.
enum TokenType : std::int64_t { Unknown = 2, Control = 3, UserDefined = 4 };

// What Hugging Face writes for one step; none if it has no word for it. GPT-2's split is ByteLevel's own.
std::optional<Json> step_json(const SplitStep& step) {
    if (const auto* digits = std::get_if<DigitSplit>(&step))
        return Json{{"type", "Digits"}, {"individual_digits", digits->individual}};
    const auto* known = std::get_if<KnownSplit>(&step);
    if (known == nullptr || *known == KnownSplit::Gpt2) return std::nullopt;
    return Json{{"type", "Split"}, {"pattern", {{"Regex", published_pattern(*known)}}},
        {"behavior", "Isolated"}, {"invert", false}};
}

std::optional<Json> pre_tokenizer_json(std::vector<SplitStep> steps) {
    const auto* last = steps.empty() ? nullptr : std::get_if<KnownSplit>(&steps.back());
    const bool gpt2 = last != nullptr && *last == KnownSplit::Gpt2;
    if (gpt2) steps.pop_back();
    Json list = Json::array();
    for (const SplitStep& step : steps) {
        auto json = step_json(step);
        if (!json) return std::nullopt;
        list.push_back(std::move(*json));
    }
    list.push_back(
        {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", gpt2}});
    return Json{{"type", "Sequence"}, {"pretokenizers", std::move(list)}};
}

Json added_tokens(const GgufFile& file) {
    Json added = Json::array();
    if (file.metadata("tokenizer.ggml.token_type") == nullptr) return added;
    const auto& tokens = file.strings("tokenizer.ggml.tokens");
    const auto& types = file.integers("tokenizer.ggml.token_type");
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        const bool special = types[id] == TokenType::Control || types[id] == TokenType::Unknown;
        if (special || types[id] == TokenType::UserDefined)
            added.push_back({{"id", id}, {"content", tokens[id]}, {"single_word", false}, {"lstrip", false},
                {"rstrip", false}, {"normalized", false}, {"special", special}});
    }
    return added;
}

Json model_json(const GgufFile& file, bool ignore_merges) {
    Json vocabulary = Json::object();
    // Appended as they come: looking each one up in an ordered object would take the square of their number.
    auto& entries = vocabulary.get_ref<Json::object_t&>();
    std::unordered_set<std::string_view> known; // a text that comes twice belongs to its first id
    std::int64_t id = 0;
    for (const std::string& token : file.strings("tokenizer.ggml.tokens")) {
        if (known.insert(token).second) entries.emplace_back(token, id);
        ++id;
    }
    return {{"type", "BPE"}, {"dropout", nullptr}, {"unk_token", nullptr},
        {"continuing_subword_prefix", nullptr}, {"end_of_word_suffix", nullptr}, {"fuse_unk", false},
        {"byte_fallback", false}, {"ignore_merges", ignore_merges}, {"vocab", std::move(vocabulary)},
        {"merges", file.strings("tokenizer.ggml.merges")}};
}

// The begin token in front of every text, as far as the file asks for it.
Json post_processor(const Tokenizer& tokenizer, const std::string& begin) {
    if (!tokenizer.adds_bos()) return nullptr;
    const Json special{{"SpecialToken", {{"id", begin}, {"type_id", 0}}}};
    const auto sequence = [](const char* name) { return Json{{"Sequence", {{"id", name}, {"type_id", 0}}}}; };
    return {{"type", "TemplateProcessing"}, {"single", Json::array({special, sequence("A")})},
        {"pair", Json::array({special, sequence("A"), special, sequence("B")})},
        {"special_tokens", {{begin, {{"id", begin}, {"ids", Json::array({*tokenizer.bos()})},
                                        {"tokens", Json::array({begin})}}}}}};
}

/// One template as a text, several as a list with their names.
void write_templates(const std::vector<NamedText>& templates, Json& config) {
    if (templates.size() == 1 && templates.front().name == "default") {
        config["chat_template"] = templates.front().text;
        return;
    }
    for (const NamedText& each : templates)
        config["chat_template"].push_back({{"name", each.name}, {"template", each.text}});
}

} // namespace

std::optional<TokenizerFiles> tokenizer_files_of(const GgufFile& file) {
    const Tokenizer tokenizer = Tokenizer::from_gguf(file);
    if (file.string("tokenizer.ggml.model") != "gpt2"
        || file.boolean_or("tokenizer.ggml.add_space_prefix", false))
        return std::nullopt;
    constexpr const char* pre_key = "tokenizer.ggml.pre";
    const GgufPreTokenizer pre =
        gguf_pre_tokenizer(file.string_or(pre_key, "default"), file.path() + ": " + pre_key);
    auto pre_tokenizer = pre_tokenizer_json(pre.steps);
    if (!pre_tokenizer) return std::nullopt;

    const auto& tokens = file.strings("tokenizer.ggml.tokens");
    const auto text_of = [&](const std::optional<TokenId>& id) {
        return id ? tokens[static_cast<std::size_t>(*id)] : std::string();
    };
    const Json byte_level{
        {"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", true}, {"use_regex", true}};
    TokenizerFiles files;
    files.tokenizer = {{"version", "1.0"}, {"truncation", nullptr}, {"padding", nullptr},
        {"added_tokens", added_tokens(file)},
        {"normalizer", pre.normalizer.empty() ? Json(nullptr) : Json{{"type", "NFC"}}},
        {"pre_tokenizer", std::move(*pre_tokenizer)},
        {"post_processor", post_processor(tokenizer, text_of(tokenizer.bos()))}, {"decoder", byte_level},
        {"model", model_json(file, pre.ignore_merges)}};
    files.config = {{"tokenizer_class", "PreTrainedTokenizerFast"}, {"clean_up_tokenization_spaces", false}};
    if (tokenizer.bos()) files.config["bos_token"] = text_of(tokenizer.bos());
    if (tokenizer.eos()) files.config["eos_token"] = text_of(tokenizer.eos());
    write_templates(tokenizer.chat_templates(), files.config);
    return files;
}

} // namespace lora
