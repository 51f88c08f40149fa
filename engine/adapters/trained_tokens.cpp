#include "engine/adapters/trained_tokens.h"

#include "engine/adapters/peft.h"
#include "engine/error.h"
#include "engine/files/bytes.h"
#include "engine/text/config_tokens.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>

namespace lora {

namespace {

constexpr std::string_view rows_suffix = ".token_adapter.trainable_tokens_delta";
constexpr const char* indices_field = "trainable_token_indices";
constexpr std::size_t most_tokenizer_bytes = 256 << 20;

std::string last_part(const std::string& path) { return path.substr(path.rfind('.') + 1); }

bool is_head_module(const std::string& path) {
    const std::string name = last_part(path);
    return name == "lm_head" || name == "embed_out";
}

std::vector<std::int64_t> ids_of(const Json& list, const std::string& where) {
    if (!list.is_array() || list.empty() || list.size() > most_added_tokens)
        fail(where, shown(list.dump()), "a list of tokens' numbers");
    std::vector<std::int64_t> ids;
    for (const Json& each : list) {
        const bool fits = each.is_number_integer() && each.get<std::int64_t>() >= 0
                          && each.get<std::int64_t>() <= std::numeric_limits<TokenId>::max();
        if (!fits) fail(where, shown(each.dump()), "a token's number");
        ids.push_back(each.get<std::int64_t>());
    }
    return ids;
}

// A list is of the embedding; an object names modules, which must agree on the tokens here.
std::vector<std::int64_t> ids_of_config(const Json& value, const std::string& where) {
    if (!value.is_object()) return ids_of(value, where);
    std::optional<std::vector<std::int64_t>> all;
    for (const auto& item : value.items()) {
        std::vector<std::int64_t> ids = ids_of(item.value(), where + ": " + shown(item.key()));
        if (all && *all != ids)
            fail(where, "other tokens for one module than for another", "the same tokens in one order");
        all = std::move(ids);
    }
    if (!all) fail(where, "no module", "the embedding's tokens");
    return *all;
}

// What the folder's tokenizer says of these tokens, by their ids.
std::vector<AddedToken> added_of(const std::string& folder, const std::vector<std::int64_t>& ids) {
    const std::string path = (std::filesystem::path(folder) / "tokenizer.json").string();
    std::error_code absent;
    if (!std::filesystem::is_regular_file(path, absent)) return {};
    const Json json = read_json(path, {most_tokenizer_bytes, 64});
    const JsonFields fields(json, path);
    const Json* const list = fields.find("added_tokens");
    if (list == nullptr || !list->is_array()) return {};
    const std::set<std::int64_t> wanted(ids.begin(), ids.end());
    std::vector<AddedToken> added;
    for (const Json& each : *list) {
        const JsonFields token(each, path + ": added_tokens");
        const std::int64_t id = token.integer("id", 0, std::numeric_limits<TokenId>::max());
        if (!wanted.contains(id)) continue;
        added.push_back(added_token_from_json(token));
        added.back().id = static_cast<TokenId>(id);
    }
    std::sort(added.begin(), added.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return added;
}

} // namespace

std::int64_t TrainedTokens::parameters() const {
    return rows.embedding.numel() + (rows.head.defined() ? rows.head.numel() : 0);
}

std::vector<at::Tensor*> TrainedTokens::tensors() {
    if (!rows.head.defined()) return {&rows.embedding};
    return {&rows.embedding, &rows.head};
}

bool is_token_tensor(std::string_view name) { return name.ends_with(rows_suffix); }

std::optional<TrainedTokens> read_tokens(const JsonFields& config, const SafetensorsFile& file,
    const std::string& folder, std::string_view prefix, const at::Device& device) {
    const Json* const value = config.find(indices_field);
    if (value == nullptr || value->is_null()) return std::nullopt;
    TrainedTokens tokens;
    tokens.rows.ids = ids_of_config(*value, config.where() + ": " + indices_field);
    for (const TensorView& view : file.tensors()) {
        const bool has_module = view.name.size() > prefix.size() + rows_suffix.size();
        if (!has_module || !is_token_tensor(view.name) || !view.name.starts_with(prefix)) continue;
        const std::string where = file.path() + ": tensor '" + shown(view.name) + "'";
        std::string module = view.name.substr(prefix.size());
        module.resize(module.size() - rows_suffix.size());
        at::Tensor& rows = is_head_module(module) ? tokens.rows.head : tokens.rows.embedding;
        if (rows.defined()) fail(where, "rows of a second embedding", "one embedding and one head");
        if (view.shape.size() != 2 || view.shape[0] != static_cast<std::int64_t>(tokens.rows.ids.size()))
            fail(where, shape_text(view.shape),
                std::to_string(tokens.rows.ids.size()) + " rows, as " + indices_field + " says");
        rows = finite_values(view, file.path(), device);
        (is_head_module(module) ? tokens.head : tokens.embedding) = module;
    }
    if (!tokens.rows.embedding.defined())
        fail(file.path(), "no tensor whose name ends with " + std::string(rows_suffix) + " of the embedding",
            std::string("one, since the configuration has ") + indices_field);
    tokens.added = added_of(folder, tokens.rows.ids);
    return tokens;
}

std::vector<NamedTensor> token_tensors(const TrainedTokens& tokens, std::string_view prefix) {
    const auto name = [&](const std::string& module) {
        return std::string(prefix).append(module).append(rows_suffix);
    };
    std::vector<NamedTensor> all{{name(tokens.embedding), tokens.rows.embedding}};
    if (tokens.rows.head.defined()) all.push_back({name(tokens.head), tokens.rows.head});
    return all;
}

Json trainable_token_indices(const TrainedTokens& tokens) {
    if (!tokens.rows.head.defined()) return tokens.rows.ids;
    return {{last_part(tokens.embedding), tokens.rows.ids}, {last_part(tokens.head), tokens.rows.ids}};
}

} // namespace lora
