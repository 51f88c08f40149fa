#include "engine/text/named_tokens.h"

#include "engine/error.h"
#include "engine/text/model_json.h"

#include <array>

namespace lora {

namespace {

bool is_token(const TokenizerParts& parts, const Json& value) {
    const std::int64_t id = value.is_number_integer() ? value.get<std::int64_t>() : -1;
    return id >= 0 && id < most_token_ids
           && (parts.added.find(static_cast<TokenId>(id))
               || parts.vocabulary().has(static_cast<TokenId>(id)));
}

std::string text_under(const JsonFields& config, const std::string& key) {
    const Json* value = config.find(key);
    if (value == nullptr) {
        return "";
    }
    return value->is_object() ? config.object(key).string("content") : config.string(key);
}

/// Whether transformers has a class of its own for it, which knows the tokens' names by itself.
bool has_own_class(const JsonFields& config) {
    const std::string name = config.string_or("tokenizer_class", "");
    return !name.empty() && name != "PreTrainedTokenizerFast" && name != "TokenizersBackend";
}

std::string text_of_id(const TokenizerParts& parts, std::optional<TokenId> id) {
    if (!id) {
        return "";
    }
    const AddedToken* added = parts.added.find(*id);
    return added != nullptr ? added->content : std::string(parts.vocabulary().text(*id));
}

} // namespace

std::optional<TokenId> id_of(const TokenizerParts& parts, std::string_view token) {
    if (token.empty()) {
        return std::nullopt;
    }
    const AddedToken* added = parts.added.find(token);
    return added != nullptr ? std::optional(added->id) : parts.vocabulary().find(token);
}

std::optional<TokenId> named_token(
    const TokenizerParts& parts, const JsonFields& config, const std::string& key) {
    if (config.find(key) == nullptr) {
        return std::nullopt;
    }
    const std::string name = text_under(config, key);
    const auto id = id_of(parts, name);
    if (!id) {
        fail(config.where() + ": " + key, "'" + shown(name) + "'", "a token of tokenizer.json");
    }
    return id;
}

std::vector<TokenId> numbered_tokens(
    const TokenizerParts& parts, const JsonFields& config, const std::string& key) {
    const Json* value = config.find(key);
    if (value == nullptr) {
        return {};
    }
    const Json list = value->is_array() ? *value : Json::array({*value});
    if (!list.empty() && !is_token(parts, list.front())) {
        fail(config.where() + ": " + key,
            shown(list.front().dump(-1, ' ', false, Json::error_handler_t::replace)), "the id of a token");
    }
    std::vector<TokenId> ids;
    for (const Json& each : list) {
        if (is_token(parts, each)) {
            ids.push_back(each.get<TokenId>());
        }
    }
    return ids;
}

std::vector<NamedText> special_tokens_of(
    const TokenizerParts& parts, const JsonFields& config, const JsonFields& legacy) {
    static constexpr std::array names{
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"};
    const bool reads_legacy = !config.has("added_tokens_decoder");
    std::vector<NamedText> tokens;
    for (const char* name : names) {
        std::string text = reads_legacy ? text_under(legacy, name) : "";
        if (text.empty()) {
            text = text_under(config, name);
        }
        if (text.empty() && has_own_class(config)) {
            const std::string_view key = name;
            text = text_of_id(parts, key == "bos_token"   ? parts.bos
                                     : key == "eos_token" ? parts.eos
                                                          : std::optional<TokenId>());
        }
        if (!text.empty()) {
            tokens.push_back({name, std::move(text)});
        }
    }
    return tokens;
}

} // namespace lora
