#include "engine/adapters/tokens_in_place.h"

#include "engine/error.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace lora {

namespace {

Tokenizer own_tokenizer(const LoadedModel& loaded) {
    return loaded.model->has_token_rows() ? open_tokenizer(loaded.summary.path) : loaded.tokenizer;
}

/// With those of the adapter's tokens that it lacks. Every row must be some token's, and every token must
/// have a row, one of the model's `table_rows` or the adapter's own.
Tokenizer with_tokens(const Tokenizer& own, const TrainedTokens& tokens, std::int64_t table_rows) {
    std::vector<AddedToken> more;
    for (const AddedToken& token : tokens.added)
        if (token.id >= own.size()) more.push_back(token);
    Tokenizer grown = more.empty() ? own : own.with_added(more);
    const std::int64_t largest = *std::max_element(tokens.rows.ids.begin(), tokens.rows.ids.end());
    if (largest >= grown.size())
        fail("the adapter's token " + std::to_string(largest), "no text of it",
            "a tokenizer.json in the adapter's folder that has it",
            "save the tokenizer it was trained with beside the adapter: tokenizer.save_pretrained(FOLDER)");
    if (!more.empty() && more.back().id >= std::max(table_rows, largest + 1))
        fail("the adapter's token '" + shown(more.back().content) + "'", "no row of it",
            "rows of all tokens that the adapter's tokenizer.json has added",
            "train it with all of them in trainable_token_indices");
    return grown;
}

} // namespace

void attach(const Adapter& adapter, LoadedModel& loaded) {
    Tokenizer tokenizer = own_tokenizer(loaded);
    if (adapter.tokens) tokenizer = with_tokens(tokenizer, *adapter.tokens, loaded.summary.vocab_size);
    attach(adapter, *loaded.model);
    loaded.tokenizer = std::move(tokenizer);
}

void detach(LoadedModel& loaded) {
    Tokenizer tokenizer = own_tokenizer(loaded);
    detach(*loaded.model);
    loaded.tokenizer = std::move(tokenizer);
}

} // namespace lora
