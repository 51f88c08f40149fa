// A tokenizer with tokens that it lacked.

#include "engine/error.h"
#include "engine/files/digest.h"
#include "engine/text/tokenizer_parts.h"

#include <cstdint>
#include <memory>
#include <utility>

namespace lora {

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
