#include "engine/text/config_tokens.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace lora {

namespace {

/// The entries of added_tokens_decoder, in the order of their ids.
std::map<TokenId, AddedToken> listed_tokens(const JsonFields& config) {
    std::map<TokenId, AddedToken> tokens;
    if (!config.has("added_tokens_decoder")) {
        return tokens;
    }
    const JsonFields list = config.object("added_tokens_decoder");
    for (const auto& [key, value] : config.find("added_tokens_decoder")->items()) {
        TokenId id = -1;
        const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
        if (error != std::errc() || end != key.data() + key.size() || id < 0 || id >= most_token_ids) {
            fail(list.where(), "'" + shown(key) + "'", "the id of a token");
        }
        AddedToken token = added_token_from_json(JsonFields(value, list.where() + ": " + key));
        token.id = id;
        tokens.emplace(id, std::move(token));
    }
    return tokens;
}

/// A special token: its text, or an object with `content` and flags.
AddedToken special_from_json(const Json& value, const std::string& where) {
    AddedToken token;
    if (value.is_string()) {
        token.content = value.get<std::string>();
    } else {
        token = added_token_from_json(JsonFields(value, where));
    }
    token.special = true;
    return token;
}

std::vector<AddedToken> special_tokens(const JsonFields& config) {
    std::vector<AddedToken> tokens;
    for (const char* key :
        {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}) {
        if (config.has(key)) {
            tokens.push_back(special_from_json(*config.find(key), config.where() + ": " + key));
        }
    }
    for (const char* key : {"additional_special_tokens", "extra_special_tokens"}) {
        const Json* list = config.find(key); // a list, or an object of names and tokens
        if (list == nullptr) {
            continue;
        }
        if (!list->is_array() && !list->is_object()) {
            fail(config.where() + ": " + key, "another kind of value", "a list of tokens");
        }
        for (const Json& value : *list) {
            tokens.push_back(special_from_json(value, config.where() + ": " + key));
        }
    }
    return tokens;
}

/// The added tokens as they grow.
class Adding {
public:
    Adding(const TokenizerParts& parts, std::string where)
        : parts_(parts), where_(std::move(where)), tokens_(parts.added.all()) {
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            places_.emplace(tokens_[i].content, i);
        }
        next_ = std::max(parts.added.size(), parts.vocabulary().size());
    }

    void add_listed(AddedToken token) {
        const auto place = places_.find(token.content);
        if (place != places_.end()) {
            token.id = tokens_[place->second].id;
            tokens_[place->second] = token;
            return;
        }
        const bool is_new = !parts_.vocabulary().find(token.content);
        if (const TokenId id = add_new(token); is_new && id != token.id) {
            fail(where_ + ": added_tokens_decoder",
                "id " + std::to_string(token.id) + " for '" + shown(token.content) + "'",
                "id " + std::to_string(id) + ", the next after the vocabulary");
        }
    }

    void add_special(const AddedToken& token) {
        if (!token.content.empty() && places_.find(token.content) == places_.end()) {
            add_new(token);
        }
    }

    std::vector<AddedToken> take() { return std::move(tokens_); }

private:
    TokenId add_new(AddedToken token) {
        const auto known = parts_.vocabulary().find(token.content);
        token.id = known ? *known : next_++;
        if (token.id >= most_token_ids) {
            fail(where_, "more added tokens", "ids below " + std::to_string(most_token_ids));
        }
        places_.emplace(token.content, tokens_.size());
        tokens_.push_back(token);
        return token.id;
    }

    const TokenizerParts& parts_;
    std::string where_;
    std::vector<AddedToken> tokens_;
    std::map<std::string, std::size_t, std::less<>> places_;
    TokenId next_ = 0;
};

} // namespace

AddedToken added_token_from_json(const JsonFields& fields) {
    AddedToken token;
    token.content = fields.string("content");
    token.special = fields.boolean_or("special", false);
    token.single_word = fields.boolean_or("single_word", false);
    token.left_strip = fields.boolean_or("lstrip", false);
    token.right_strip = fields.boolean_or("rstrip", false);
    token.normalized = fields.boolean_or("normalized", !token.special);
    return token;
}

void add_config_tokens(TokenizerParts& parts, const JsonFields& config, bool raw) {
    Adding adding(parts, config.where());
    for (auto& [id, token] : listed_tokens(config)) {
        token.normalized = token.normalized && !raw;
        adding.add_listed(std::move(token));
    }
    for (AddedToken& token : special_tokens(config)) {
        token.normalized = token.normalized && !raw;
        adding.add_special(token);
    }
    parts.added = AddedTokens(adding.take(), parts.normalizer, config.where());
}

void rename_pieces(SentencePieceModel& model, const JsonFields& config) {
    const auto names = listed_tokens(config);
    std::unordered_set<std::string_view> kept;
    for (std::size_t id = 0; id < model.pieces.size(); ++id) {
        if (!names.contains(static_cast<TokenId>(id))) {
            kept.insert(model.pieces[id].text);
        }
    }
    for (const auto& [id, token] : names) {
        if (static_cast<std::size_t>(id) < model.pieces.size() && !kept.contains(token.content)) {
            model.pieces[static_cast<std::size_t>(id)].text = token.content;
        }
    }
}

} // namespace lora
