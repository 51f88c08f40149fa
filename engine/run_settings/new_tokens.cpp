#include "engine/run_settings/new_tokens.h"

#include "engine/error.h"
#include "engine/text/token_table.h"

#include <cstdint>

namespace lora {

std::vector<AddedToken> new_tokens(
    const Tokenizer& tokenizer, const TokenSettings& settings, const std::string& where) {
    if (const std::string fault = fault_of_token_list(settings.added); !fault.empty())
        fail(where, "'" + shown(settings.added) + "'", fault);
    std::vector<AddedToken> tokens;
    std::int64_t next = tokenizer.size();
    for (const std::string& text : listed_tokens(settings.added)) {
        if (const auto known = tokenizer.find(text))
            fail(where, "'" + shown(text) + "', which is token " + std::to_string(*known) + " already",
                "texts that the vocabulary lacks", "leave it out: the model knows it");
        if (next >= most_token_ids)
            fail(where, "more new tokens", "ids below " + std::to_string(most_token_ids));
        tokens.push_back({.content = text,
            .id = static_cast<TokenId>(next++),
            .special = settings.special,
            .normalized = !settings.special});
    }
    return tokens;
}

Tokenizer with_new_tokens(
    const Tokenizer& tokenizer, const TokenSettings& settings, const std::string& where) {
    const std::vector<AddedToken> tokens = new_tokens(tokenizer, settings, where);
    return tokens.empty() ? tokenizer : tokenizer.with_added(tokens);
}

} // namespace lora
