#include "engine/text/gguf_vocabulary.h"

#include "engine/error.h"

#include <cmath>
#include <utility>

namespace lora {

namespace {

void check_count(const GgufFile& file, std::string_view key, std::size_t found, std::size_t expected) {
    if (found != expected) {
        fail(where_of(file, key), std::to_string(found) + " entries",
            "one for each of the " + std::to_string(expected) + " tokens");
    }
}

} // namespace

std::string where_of(const GgufFile& file, std::string_view key) {
    return file.path() + ": " + std::string(key);
}

const std::vector<std::string>& tokens_of(const GgufFile& file) {
    const auto& tokens = file.strings("tokenizer.ggml.tokens");
    if (tokens.empty() || tokens.size() > static_cast<std::size_t>(most_token_ids)) {
        fail(where_of(file, "tokenizer.ggml.tokens"), std::to_string(tokens.size()) + " tokens",
            "1 to " + std::to_string(most_token_ids));
    }
    return tokens;
}

TokenTable vocabulary_of(const std::vector<std::string>& tokens) {
    TokenTable vocabulary;
    vocabulary.reserve(tokens.size());
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        vocabulary.add(tokens[id], static_cast<TokenId>(id));
    }
    return vocabulary;
}

std::vector<std::int64_t> types_of(const GgufFile& file) {
    constexpr std::string_view key = "tokenizer.ggml.token_type";
    const std::size_t count = tokens_of(file).size();
    if (file.metadata(key) == nullptr) {
        return std::vector<std::int64_t>(count, GgufTokenType::Normal);
    }
    check_count(file, key, file.integers(key).size(), count);
    return file.integers(key);
}

AddedTokens added_of(const GgufFile& file, const std::vector<std::int64_t>& types) {
    const auto& tokens = tokens_of(file);
    std::vector<AddedToken> added;
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        const std::int64_t type = types[id];
        const bool is_special = type == GgufTokenType::Control || type == GgufTokenType::Unknown;
        if (is_special || type == GgufTokenType::UserDefined) {
            AddedToken token;
            token.content = tokens[id];
            token.id = static_cast<TokenId>(id);
            token.special = is_special;
            added.push_back(std::move(token));
        }
    }
    return AddedTokens(std::move(added), Normalizer(), where_of(file, "tokenizer.ggml.tokens"));
}

std::optional<TokenId> token_id(const GgufFile& file, std::string_view key) {
    if (file.metadata(key) == nullptr) {
        return std::nullopt;
    }
    const auto last = static_cast<std::int64_t>(tokens_of(file).size()) - 1;
    return static_cast<TokenId>(file.integer(key, 0, last));
}

std::vector<ScoredToken> scored_tokens(const GgufFile& file, const std::vector<std::int64_t>& types) {
    constexpr std::string_view key = "tokenizer.ggml.scores";
    const auto& scores = file.numbers(key);
    check_count(file, key, scores.size(), types.size());
    std::vector<ScoredToken> tokens;
    tokens.reserve(scores.size());
    for (std::size_t id = 0; id < types.size(); ++id) {
        if (!std::isfinite(scores[id])) {
            fail(where_of(file, key), "a score that is no number for token " + std::to_string(id), "numbers");
        }
        tokens.push_back(
            {scores[id], types[id] == GgufTokenType::Normal ? TokenUse::Scored : TokenUse::Never});
    }
    return tokens;
}

} // namespace lora
