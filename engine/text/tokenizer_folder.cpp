// A tokenizer from a Hugging Face folder: tokenizer.json splits and merges, the config files beside it name
// the ends.

#include "engine/error.h"
#include "engine/files/json.h"
#include "engine/files/mapped_file.h"
#include "engine/text/tokenizer.h"
#include "engine/text/tokenizer_json.h"

#include <filesystem>
#include <utility>

namespace lora {

namespace {

constexpr std::size_t most_config_bytes = 16 << 20;
constexpr std::size_t most_template_bytes = 1 << 20;

/// The folder's small files, each an empty object where it is absent.
struct Configs {
    explicit Configs(const std::string& path)
        : folder(path), tokenizer(read("tokenizer_config.json")), model(read("config.json")),
          generation(read("generation_config.json")) {}

    Json read(const char* name) const {
        const std::string path = folder + "/" + name;
        return std::filesystem::exists(path) ? read_json(path, {most_config_bytes, 64}) : Json::object();
    }

    JsonFields tokenizer_fields() const { return {tokenizer, folder + "/tokenizer_config.json"}; }

    std::string folder;
    Json tokenizer;
    Json model;
    Json generation;
};

std::optional<TokenId> id_of(const TokenizerParts& parts, std::string_view token) {
    if (token.empty()) {
        return std::nullopt;
    }
    const AddedToken* added = parts.added.find(token);
    return added != nullptr ? std::optional(added->id) : parts.vocabulary().find(token);
}

/// A token of tokenizer_config.json: a text, or an object with `content`.
std::optional<TokenId> named_token(
    const TokenizerParts& parts, const JsonFields& config, const std::string& key) {
    const Json* value = config.find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    const std::string name = value->is_object() ? config.object(key).string("content") : config.string(key);
    const auto id = id_of(parts, name);
    if (!id) {
        fail(config.where() + ": " + key, "'" + shown(name) + "'", "a token of tokenizer.json");
    }
    return id;
}

/// An id of config.json: an integer, or the first of a list.
std::optional<TokenId> numbered_token(
    const TokenizerParts& parts, const JsonFields& config, const std::string& key) {
    const Json* value = config.find(key);
    if (value != nullptr && value->is_array()) {
        value = value->empty() ? nullptr : &value->front();
    }
    if (value == nullptr) {
        return std::nullopt;
    }
    const std::int64_t id = value->is_number_integer() ? value->get<std::int64_t>() : -1;
    const bool exists =
        id >= 0 && id < most_token_ids
        && (parts.added.find(static_cast<TokenId>(id)) || parts.vocabulary().has(static_cast<TokenId>(id)));
    if (!exists) {
        fail(config.where() + ": " + key, shown(value->dump(-1, ' ', false, Json::error_handler_t::replace)),
            "the id of a token");
    }
    return static_cast<TokenId>(id);
}

std::optional<TokenId> end_or_begin(
    const TokenizerParts& parts, const Configs& configs, const std::string& name) {
    if (const auto id = named_token(parts, configs.tokenizer_fields(), name)) {
        return id;
    }
    if (const auto id =
            numbered_token(parts, {configs.model, configs.folder + "/config.json"}, name + "_id")) {
        return id;
    }
    return numbered_token(
        parts, {configs.generation, configs.folder + "/generation_config.json"}, name + "_id");
}

std::string template_of(const Configs& configs) {
    const std::string path = configs.folder + "/chat_template.jinja";
    if (std::filesystem::exists(path)) {
        return read_text(path, most_template_bytes);
    }
    const JsonFields config = configs.tokenizer_fields();
    const Json* value = config.find("chat_template");
    if (value == nullptr || !value->is_array()) {
        return config.string_or("chat_template", "");
    }
    for (const Json& item : *value) {
        const JsonFields named(item, config.where() + ": chat_template");
        if (named.string("name") == "default") {
            return named.string("template");
        }
    }
    return "";
}

} // namespace

Tokenizer Tokenizer::from_folder(const std::string& folder) {
    if (!std::filesystem::exists(folder + "/tokenizer.json")) {
        fail(folder + "/tokenizer.json", "nothing there", "the tokenizer that belongs to the weights",
            "a tokenizer.model alone is not read; save_pretrained() of transformers writes tokenizer.json");
    }
    JsonTokenizer json = tokenizer_from_json(folder + "/tokenizer.json");
    auto parts = std::make_shared<TokenizerParts>(std::move(json.parts));
    const Configs configs(folder);
    parts->eos = end_or_begin(*parts, configs, "eos_token");
    parts->bos = end_or_begin(*parts, configs, "bos_token");
    const auto begins_with = id_of(*parts, json.frame.first);
    parts->closing = id_of(*parts, json.frame.last);
    if (!parts->bos) {
        parts->bos = begins_with;
    }
    const bool wanted = configs.tokenizer_fields().boolean_or("add_bos_token", false);
    parts->adds_bos = parts->bos && (wanted || begins_with == parts->bos);
    parts->chat_template = template_of(configs);
    return Tokenizer(std::move(parts));
}

} // namespace lora
