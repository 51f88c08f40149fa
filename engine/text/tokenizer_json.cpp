#include "engine/text/tokenizer_json.h"

#include "engine/error.h"
#include "engine/files/json.h"
#include "engine/text/merges.h"
#include "engine/text/pipeline_json.h"

#include <utility>

namespace lora {

namespace {

constexpr std::size_t most_tokenizer_bytes = 256 << 20;
constexpr std::int64_t most_word_characters = 1 << 16;

TokenTable vocabulary_from_json(const JsonFields& model) {
    const Json* vocab = model.find("vocab");
    const std::string where = model.where() + ": vocab";
    if (vocab == nullptr || !vocab->is_object()) {
        fail(where, vocab == nullptr ? "nothing" : "another kind of value",
            "an object of tokens and their ids");
    }
    TokenTable table;
    table.reserve(vocab->size());
    for (const auto& [token, value] : vocab->items()) {
        const std::int64_t id = value.is_number_integer() ? value.get<std::int64_t>() : -1;
        if (id < 0 || id >= most_token_ids) {
            fail(where, "an id of '" + shown(token) + "' that is no integer or out of range",
                "integers from 0 to " + std::to_string(most_token_ids - 1));
        }
        if (!table.add(token, static_cast<TokenId>(id))) {
            fail(where,
                "id " + std::to_string(id) + " for '" + shown(token) + "' and for '"
                    + shown(table.text(static_cast<TokenId>(id))) + "'",
                "every id once");
        }
    }
    return table;
}

/// The two tokens of a merge, written as one text with a space between or as a list.
std::pair<std::string, std::string> pair_from_json(const Json& value, const std::string& where) {
    if (value.is_array() && value.size() == 2 && value[0].is_string() && value[1].is_string()) {
        return {value[0].get<std::string>(), value[1].get<std::string>()};
    }
    const std::string text = value.is_string() ? value.get<std::string>() : std::string();
    const std::size_t space = text.find(' ');
    if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) {
        fail(where, value.is_string() ? "'" + shown(text) + "'" : "another kind of value", "two tokens");
    }
    return {text.substr(0, space), text.substr(space + 1)};
}

PairMap merges_from_json(const JsonFields& model, const TokenTable& vocabulary) {
    const Json& list = list_of(model, "merges");
    const std::string where = model.where() + ": merges";
    PairMap merges(list.size());
    std::size_t rank = 0;
    for (const Json& item : list) {
        const auto [left, right] = pair_from_json(item, where + ": merge " + std::to_string(rank));
        add_merge(merges, vocabulary, left, right, rank, where);
        ++rank;
    }
    return merges;
}

void refuse_unknown_model(const JsonFields& model) {
    const std::string type = model.string_or("type", "BPE");
    if (type != "BPE") {
        fail(model.where() + ": type", "'" + shown(type) + "'", "BPE or WordPiece");
    }
    for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
        if (const std::string affix = model.string_or(key, ""); !affix.empty()) {
            fail(model.where() + ": " + key, "'" + shown(affix) + "'", "none");
        }
    }
    if (const double dropout = model.number_or("dropout", 0); dropout != 0) {
        fail(model.where() + ": dropout", std::to_string(dropout),
            "none, since ids must not depend on chance");
    }
}

TokenId unknown_from_json(const JsonFields& model, const TokenTable& vocabulary) {
    const std::string unknown = model.string("unk_token");
    const auto id = vocabulary.find(unknown);
    if (!id) {
        fail(model.where() + ": unk_token", "'" + shown(unknown) + "'", "a token of the vocabulary");
    }
    return *id;
}

WordPiece word_piece_from_json(const JsonFields& model) {
    TokenTable vocabulary = vocabulary_from_json(model);
    WordPieceOptions options;
    options.unknown = unknown_from_json(model, vocabulary);
    options.prefix = model.string_or("continuing_subword_prefix", "##");
    options.most_characters =
        static_cast<std::size_t>(model.integer_or("max_input_chars_per_word", 100, 0, most_word_characters));
    return WordPiece(std::move(vocabulary), std::move(options));
}

Bpe bpe_from_json(const JsonFields& model, bool byte_level) {
    refuse_unknown_model(model);
    TokenTable vocabulary = vocabulary_from_json(model);
    PairMap merges = merges_from_json(model, vocabulary);
    BpeOptions options;
    options.byte_level = byte_level;
    options.byte_fallback = model.boolean_or("byte_fallback", false);
    options.fuse_unknown = model.boolean_or("fuse_unk", false);
    options.ignore_merges = model.boolean_or("ignore_merges", false);
    if (model.has("unk_token")) {
        options.unknown = unknown_from_json(model, vocabulary);
    }
    return Bpe(std::move(vocabulary), std::move(merges), options);
}

AddedToken added_token_from_json(const JsonFields& fields) {
    AddedToken token;
    token.content = fields.string("content");
    token.id = static_cast<TokenId>(fields.integer("id", 0, most_token_ids - 1));
    token.special = fields.boolean_or("special", false);
    token.single_word = fields.boolean_or("single_word", false);
    token.left_strip = fields.boolean_or("lstrip", false);
    token.right_strip = fields.boolean_or("rstrip", false);
    token.normalized = fields.boolean_or("normalized", !token.special);
    return token;
}

AddedTokens added_from_json(
    const JsonFields& file, const TokenTable& vocabulary, const Normalizer& normalizer) {
    const std::string where = file.where() + ": added_tokens";
    std::vector<AddedToken> tokens;
    TokenTable seen;
    if (file.has("added_tokens")) {
        for (const Json& item : list_of(file, "added_tokens")) {
            AddedToken token = added_token_from_json(JsonFields(item, where));
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
    parts.pre_tokenizer = PreTokenizer(std::move(plan.steps));
    parts.decoder = decoder_from_json(file.find("decoder"), path + ": decoder");
    const JsonFields model = file.object("model");
    if (model.string_or("type", "BPE") == "WordPiece") {
        parts.model = word_piece_from_json(model);
    } else {
        parts.model = bpe_from_json(model, plan.byte_level);
    }
    parts.added = added_from_json(file, parts.vocabulary(), parts.normalizer);
    tokenizer.frame = frame_tokens_from_json(file.find("post_processor"), path + ": post_processor");
    return tokenizer;
}

} // namespace lora
