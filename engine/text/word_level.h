#pragma once
// One token for each piece as it stands: a vocabulary of whole words.

#include "engine/text/token_table.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace lora {

class WordLevel {
public:
    WordLevel() = default;
    /// Without `unknown`, words that are no tokens are left out.
    WordLevel(TokenTable vocabulary, std::optional<TokenId> unknown)
        : vocabulary_(std::move(vocabulary)), unknown_(unknown) {}

    const TokenTable& vocabulary() const { return vocabulary_; }
    /// Appends the id of `word`.
    void encode(std::string_view word, std::vector<TokenId>& ids) const {
        if (const auto id = vocabulary_.find(word); id || unknown_) {
            ids.push_back(id ? *id : *unknown_);
        }
    }

private:
    TokenTable vocabulary_;
    std::optional<TokenId> unknown_;
};

} // namespace lora
