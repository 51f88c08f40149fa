// The settings of new tokens, a row each.

#include "engine/settings/rows.h"

namespace lora {

std::vector<Setting> token_rows() {
    return {
        row(
            "tokens.added", "New tokens",
            "Texts that become one token each, with commas between: <think>,</think>. They come behind the "
            "vocabulary, and their rows of the embedding and the head are trained beside the update, from "
            "the mean of all rows on. They are kept in the adapter, as PEFT's trainable_token_indices, with "
            "the tokenizer that knows them.",
            [](auto& s) -> auto& { return s.tokens.added; },
            Setting()
                .in(SettingGroup::Rank)
                .called("new-tokens")
                .rarely()
                .or_empty("none")
                .must(
                    [](const Json& list) {
                        return fault_of_token_list(list.get_ref<const std::string&>()).empty();
                    },
                    "texts with commas between, none empty, none twice, at most 1,000 of at most 256 bytes")),
        row(
            "tokens.special", "New tokens are special",
            "They mark something and say nothing: answers are shown without them, and they are looked for in "
            "the text as it is, before anything else is made of it.",
            [](auto& s) -> auto& { return s.tokens.special; },
            Setting().in(SettingGroup::Rank).called("new-tokens-special").rarely()),
    };
}

} // namespace lora
