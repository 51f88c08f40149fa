#include "engine/text/gguf_special_tokens.h"

#include "engine/error.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace lora {

namespace {

void add_id(GgufFields& fields, const std::string& name, TokenId id) {
    const std::string key = "tokenizer.ggml." + name + "_token_id";
    const bool there =
        std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.first == key; });
    if (!there) {
        fields.emplace_back(key, static_cast<std::uint32_t>(id));
    }
}

/// The ends beside the first one: of a turn, and of a message that waits for an answer.
void add_more_ends(GgufFields& fields, const Tokenizer& tokenizer, std::vector<std::string>& notes) {
    std::vector<TokenId> more(tokenizer.ends());
    more.erase(std::remove(more.begin(), more.end(), tokenizer.eos().value_or(-1)), more.end());
    const auto message = std::find_if(more.begin(), more.end(),
        [&](TokenId id) { return tokenizer.token(id).find("eom") != std::string_view::npos; });
    if (message != more.end()) {
        add_id(fields, "eom", *message);
        more.erase(message);
    }
    if (!more.empty()) {
        add_id(fields, "eot", more.front());
    }
    for (std::size_t i = 1; i < more.size(); ++i) {
        notes.push_back("GGUF has no place for one more end token, " + shown(tokenizer.token(more[i]))
                        + "; llama.cpp may write on behind it.");
    }
}

} // namespace

void add_gguf_special_tokens(
    GgufFields& fields, const Tokenizer& tokenizer, std::vector<std::string>& notes) {
    if (tokenizer.bos()) {
        add_id(fields, "bos", *tokenizer.bos());
    }
    if (tokenizer.eos()) {
        add_id(fields, "eos", *tokenizer.eos());
    }
    for (const auto& [name, key] : {std::pair{"unk_token", "unknown"}, std::pair{"sep_token", "seperator"},
             std::pair{"pad_token", "padding"}, std::pair{"mask_token", "mask"}}) {
        for (const NamedText& special : tokenizer.special_tokens()) {
            if (const auto id = tokenizer.find(special.text); id && special.name == name) {
                add_id(fields, key, *id);
            }
        }
    }
    add_more_ends(fields, tokenizer, notes);
    fields.emplace_back("tokenizer.ggml.add_bos_token", tokenizer.adds_bos());
    fields.emplace_back("tokenizer.ggml.add_eos_token",
        tokenizer.closing().has_value() && tokenizer.closing() == tokenizer.eos());
}

} // namespace lora
