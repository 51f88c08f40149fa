#include "engine/text/new_tokens.h"

#include "engine/error.h"
#include "engine/files/digest.h"
#include "engine/text/token_table.h"
#include "engine/text/tokenizer_parts.h"

#include <cstdint>
#include <memory>
#include <utility>

namespace lora {

std::vector<AddedToken> new_tokens(const Tokenizer& tokenizer, const std::vector<std::string>& texts,
    bool special, const std::string& where) {
    std::vector<AddedToken> tokens;
    std::int64_t next = tokenizer.size();
    for (const std::string& text : texts) {
        if (const auto known = tokenizer.find(text))
            fail(where, "'" + shown(text) + "', which is token " + std::to_string(*known) + " already",
                "texts that the vocabulary lacks", "leave it out: the model knows it");
        if (next >= most_token_ids)
            fail(where, "more new tokens", "ids below " + std::to_string(most_token_ids));
        tokens.push_back({.content = text,
            .id = static_cast<TokenId>(next++),
            .special = special,
            .normalized = !special});
    }
    return tokens;
}

Tokenizer with_new_tokens(const Tokenizer& tokenizer, const std::vector<std::string>& texts, bool special,
    const std::string& where) {
    return texts.empty() ? tokenizer : tokenizer.with_added(new_tokens(tokenizer, texts, special, where));
}

Tokenizer Tokenizer::with_added(const std::vector<AddedToken>& more) const {
    std::vector<AddedToken> all = parts_->added.all();
    std::int64_t next = size();
    std::string words = parts_->sha256;
    for (const AddedToken& token : more) {
        const std::string where = "the new token '" + shown(token.content) + "'";
        if (find(token.content)) fail(where, "a text that the tokenizer has", "one that it lacks");
        if (token.id != next++)
            fail(where, "id " + std::to_string(token.id), "id " + std::to_string(next - 1),
                "was it made for another tokenizer?");
        all.push_back(token);
        words += lora::sha256(token.content) + (token.special ? "s" : "t") + (token.normalized ? "n" : "r");
    }
    auto grown = std::make_shared<TokenizerParts>(*parts_);
    grown->added = AddedTokens(std::move(all), grown->normalizer, "the new tokens");
    grown->sha256 = lora::sha256(words);
    return Tokenizer(std::move(grown));
}

} // namespace lora
