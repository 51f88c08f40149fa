#include "engine/adapters/trained_tokens.h"

#include "engine/adapters/peft.h"
#include "engine/error.h"
#include "engine/files/bytes.h"
#include "engine/text/config_tokens.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::string_view rows_suffix = ".token_adapter.trainable_tokens_delta";
// PEFT's copy of the whole frozen table, which it keeps where the vocabulary was resized.
constexpr std::string_view table_suffix = ".token_adapter.base_layer.weight";
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

// The added tokens of the folder's tokenizer that have one of these ids or a later one, by their ids.
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
        if (id <= *wanted.rbegin() && !wanted.contains(id)) continue;
        added.push_back(added_token_from_json(token));
        added.back().id = static_cast<TokenId>(id);
    }
    std::sort(added.begin(), added.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return added;
}

// The module of a tensor "PREFIX MODULE SUFFIX"; none for any other name.
std::optional<std::string> module_of(
    const std::string& name, std::string_view prefix, std::string_view suffix) {
    const bool is_one =
        name.size() > prefix.size() + suffix.size() && name.starts_with(prefix) && name.ends_with(suffix);
    if (!is_one) return std::nullopt;
    return name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
}

// Its other rows were not trained and are the model's own, so only its size can tell of a fault.
void check_table(const TensorView& view, const std::string& where, const TokenRows& rows) {
    const std::int64_t least = *std::max_element(rows.ids.begin(), rows.ids.end()) + 1;
    const bool fits =
        view.shape.size() == 2 && view.shape[0] >= least && view.shape[1] == rows.embedding.size(1);
    if (!fits)
        fail(where, shape_text(view.shape),
            "at least " + std::to_string(least) + " rows of " + std::to_string(rows.embedding.size(1))
                + ", the table that the trained rows are of");
}

// With a tied head PEFT writes the embedding's rows a second time, as the head's.
void drop_rows_of_tied_head(TrainedTokens& tokens, const std::string& file) {
    if (!tokens.rows.head.defined()) return;
    if (!at::equal(tokens.rows.head, tokens.rows.embedding))
        fail(file, "rows of the head that are not the embedding's",
            std::string("the same, since ") + indices_field + " names no module");
    tokens.rows.head = at::Tensor();
}

} // namespace

std::int64_t TrainedTokens::parameters() const {
    return rows.embedding.numel() + (rows.head.defined() ? rows.head.numel() : 0);
}

std::vector<at::Tensor*> TrainedTokens::tensors() {
    if (!rows.head.defined()) return {&rows.embedding};
    return {&rows.embedding, &rows.head};
}

bool is_token_tensor(std::string_view name) {
    return name.ends_with(rows_suffix) || name.ends_with(table_suffix);
}

std::optional<TrainedTokens> read_tokens(const JsonFields& config, const SafetensorsFile& file,
    const std::string& folder, std::string_view prefix, const at::Device& device) {
    const Json* const value = config.find(indices_field);
    if (value == nullptr || value->is_null()) return std::nullopt;
    TrainedTokens tokens;
    tokens.rows.ids = ids_of_config(*value, config.where() + ": " + indices_field);
    for (const TensorView& view : file.tensors()) {
        const std::optional<std::string> module = module_of(view.name, prefix, rows_suffix);
        if (!module) continue;
        const std::string where = file.path() + ": tensor '" + shown(view.name) + "'";
        at::Tensor& rows = is_head_module(*module) ? tokens.rows.head : tokens.rows.embedding;
        if (rows.defined()) fail(where, "rows of a second embedding", "one embedding and one head");
        if (view.shape.size() != 2 || view.shape[0] != static_cast<std::int64_t>(tokens.rows.ids.size()))
            fail(where, shape_text(view.shape),
                std::to_string(tokens.rows.ids.size()) + " rows, as " + indices_field + " says");
        rows = finite_values(view, file.path(), device);
        (is_head_module(*module) ? tokens.head : tokens.embedding) = *module;
    }
    if (!tokens.rows.embedding.defined())
        fail(file.path(), "no tensor whose name ends with " + std::string(rows_suffix) + " of the embedding",
            std::string("one, since the configuration has ") + indices_field);
    for (const TensorView& view : file.tensors()) {
        const std::optional<std::string> module = module_of(view.name, prefix, table_suffix);
        if (!module) continue;
        const std::string where = file.path() + ": tensor '" + shown(view.name) + "'";
        if (!file.find(std::string(prefix).append(*module).append(rows_suffix)))
            fail(where, "a table without trained rows", "rows of '" + shown(*module) + "' too");
        check_table(view, where, tokens.rows);
    }
    if (value->is_array()) drop_rows_of_tied_head(tokens, file.path());
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
