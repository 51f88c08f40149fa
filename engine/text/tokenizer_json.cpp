#include "engine/text/tokenizer_json.h"

#include "engine/error.h"
#include "engine/files/json.h"
#include "engine/text/config_tokens.h"
#include "engine/text/model_json.h"
#include "engine/text/pipeline_json.h"

#include <utility>

namespace lora {

namespace {

constexpr std::size_t most_tokenizer_bytes = 256 << 20;

AddedTokens added_from_json(
    const JsonFields& file, const TokenTable& vocabulary, const Normalizer& normalizer) {
    const std::string where = file.where() + ": added_tokens";
    std::vector<AddedToken> tokens;
    TokenTable seen;
    if (file.has("added_tokens")) {
        for (const Json& item : list_of(file, "added_tokens")) {
            const JsonFields fields(item, where);
            AddedToken token = added_token_from_json(fields);
            token.id = static_cast<TokenId>(fields.integer("id", 0, most_token_ids - 1));
            const auto known = vocabulary.find(token.content);
            const bool clashes = known ? *known != token.id : vocabulary.has(token.id);
            if (clashes || (!seen.add(token.content, token.id) && seen.find(token.content) != token.id)) {
                fail(where, "id " + std::to_string(token.id) + " for '" + shown(token.content) + "'",
                    "an id that no other token has");
            }
            tokens.push_back(std::move(token));
        }
    }
    return AddedTokens(std::move(tokens), normalizer, where);
}

} // namespace

JsonTokenizer tokenizer_from_json(const std::string& path) {
    const Json json = read_json(path, {most_tokenizer_bytes, 64});
    const JsonFields file(json, path);
    JsonTokenizer tokenizer;
    TokenizerParts& parts = tokenizer.parts;
    parts.normalizer = normalizer_from_json(file.find("normalizer"), path + ": normalizer");
    JsonPreTokenizer plan = pre_tokenizer_from_json(file.find("pre_tokenizer"), path + ": pre_tokenizer");
    parts.decoder = decoder_from_json(file.find("decoder"), path + ": decoder");
    const JsonFields model = file.object("model");
    if (plan.byte_level && !takes_bytes(model)) {
        plan.steps.emplace_back(ByteLevelStep{});
        plan.byte_level = false;
    }
    parts.model = model_from_json(model, plan.byte_level);
    if (words_can_be_apart(parts.model, plan.byte_level)) {
        plan.steps.emplace_back(MarkSplit{});
    }
    parts.pre_tokenizer = PreTokenizer(std::move(plan.steps));
    parts.added = added_from_json(file, parts.vocabulary(), parts.normalizer);
    tokenizer.frame = frame_tokens_from_json(file.find("post_processor"), path + ": post_processor");
    return tokenizer;
}

} // namespace lora
