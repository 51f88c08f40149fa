// Tokenizers from what is inside a GGUF file: the parts by its model, the tokens that have a part of their
// own, and the chat templates.

#include "engine/files/digest.h"
#include "engine/files/gguf.h"
#include "engine/text/gguf_model_parts.h"
#include "engine/text/gguf_vocabulary.h"
#include "engine/text/tokenizer.h"
#include "engine/text/tokenizer_parts.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lora {

namespace {

/// The end that is learned, and those of a turn and of a message that waits for a tool's answer.
std::vector<TokenId> gguf_ends(const GgufFile& file, const TokenizerParts& parts) {
    std::vector<TokenId> ends;
    const auto add = [&](std::optional<TokenId> id) {
        if (id && std::find(ends.begin(), ends.end(), *id) == ends.end()) {
            ends.push_back(*id);
        }
    };
    add(parts.eos);
    add(token_id(file, "tokenizer.ggml.eot_token_id"));
    add(token_id(file, "tokenizer.ggml.eom_token_id"));
    return ends;
}

std::vector<NamedText> gguf_special_tokens(const GgufFile& file, const TokenizerParts& parts) {
    const auto named = [&](const char* kind) {
        return token_id(file, "tokenizer.ggml." + std::string(kind) + "_token_id");
    };
    std::vector<NamedText> tokens;
    for (const auto& [name, id] : {std::pair{"bos_token", parts.bos}, std::pair{"eos_token", parts.eos},
             std::pair{"unk_token", named("unknown")}, std::pair{"sep_token", named("seperator")},
             std::pair{"pad_token", named("padding")}, std::pair{"cls_token", named("cls")},
             std::pair{"mask_token", named("mask")}}) {
        if (id) {
            tokens.push_back({name, tokens_of(file)[static_cast<std::size_t>(*id)]});
        }
    }
    return tokens;
}

/// tokenizer.chat_template, and those that tokenizer.chat_templates lists by name.
std::vector<NamedText> gguf_chat_templates(const GgufFile& file) {
    constexpr std::string_view usual = "tokenizer.chat_template", names = "tokenizer.chat_templates";
    std::vector<NamedText> found;
    if (std::string text = file.string_or(usual, ""); !text.empty()) {
        found.push_back({"default", std::move(text)});
    }
    if (file.metadata(names) != nullptr) {
        for (const std::string& name : file.strings(names)) {
            found.push_back({name, file.string(std::string(usual) + "." + name)});
        }
    }
    return found;
}

std::string bytes_of_item(const std::string& item) { return std::to_string(item.size()) + ':' + item; }
std::string bytes_of_item(std::int64_t item) { return std::to_string(item) + ','; }
std::string bytes_of_item(bool item) { return item ? "t" : "f"; }
std::string bytes_of_item(double item) {
    return {reinterpret_cast<const char*>(&item), sizeof item}; // every bit counts
}

/// Of all that the file says of its tokenizer.
std::string sha256_of_tokenizer(const GgufFile& file) {
    Digest digest(DigestKind::Sha256);
    const auto add_list = [&](const auto& list) {
        digest.add(std::to_string(list.size()) + '[');
        for (const auto& item : list) digest.add(bytes_of_item(item));
    };
    const auto add = [&](const auto& value) {
        if constexpr (requires { bytes_of_item(value); })
            digest.add(bytes_of_item(value));
        else
            add_list(value);
    };
    for (const auto& [key, value] : file.metadata()) {
        if (!key.starts_with("tokenizer.")) continue;
        digest.add(bytes_of_item(key));
        std::visit(add, value);
    }
    return digest.hex();
}

} // namespace

Tokenizer Tokenizer::from_gguf(const GgufFile& file) {
    const std::vector<std::int64_t> types = types_of(file);
    auto parts = std::make_shared<TokenizerParts>(gguf_model_parts(file, types));
    parts->added = added_of(file, types);
    parts->eos = token_id(file, "tokenizer.ggml.eos_token_id");
    parts->bos = token_id(file, "tokenizer.ggml.bos_token_id");
    if (!parts->bos) {
        parts->bos = token_id(file, "tokenizer.ggml.cls_token_id");
    }
    parts->adds_bos = parts->bos && file.boolean_or("tokenizer.ggml.add_bos_token", parts->adds_bos);
    parts->ends = gguf_ends(file, *parts);
    parts->special_tokens = gguf_special_tokens(file, *parts);
    parts->chat_templates = gguf_chat_templates(file);
    parts->sha256 = sha256_of_tokenizer(file);
    return Tokenizer(std::move(parts));
}

} // namespace lora
