#include "engine/adapters/token_files.h"

#include "engine/checkpoints/checkpoint_files.h"
#include "engine/error.h"
#include "engine/files/mapped_file.h"
#include "engine/text/gguf_tokenizer_json.h"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace lora {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_file_bytes = std::size_t{256} << 20;
constexpr const char *tokenizer_name = "tokenizer.json", *config_name = "tokenizer_config.json";

struct BaseFiles {
    Json tokenizer, config;                              ///< config: null where there is none
    std::map<std::string, std::string> as_they_are = {}; ///< what says how to talk to the model
};

BaseFiles of_gguf(const std::string& path) {
    const auto files = tokenizer_files_of(GgufFile(path));
    if (!files)
        fail(path, "a tokenizer that has no counterpart in tokenizer.json here",
            "a model whose tokenizer can be written with new tokens in it",
            "take the model's Hugging Face folder");
    return {files->tokenizer, files->config};
}

BaseFiles of_folder(const fs::path& folder) {
    std::error_code absent;
    const auto is_there = [&](const char* name) { return fs::is_regular_file(folder / name, absent); };
    if (!is_there(tokenizer_name))
        fail((folder / tokenizer_name).string(), "nothing there", "a tokenizer that new tokens can be put in",
            "save_pretrained() of transformers' tokenizer writes it");
    BaseFiles files{read_json((folder / tokenizer_name).string(), {most_file_bytes, 64}), Json()};
    if (is_there(config_name))
        files.config = read_json((folder / config_name).string(), {most_file_bytes, 64});
    for (const char* name : {"chat_template.jinja", "special_tokens_map.json"})
        if (is_there(name)) files.as_they_are[name] = read_text((folder / name).string(), most_file_bytes);
    return files;
}

Json token_json(const AddedToken& token) {
    return {{"content", token.content}, {"single_word", token.single_word}, {"lstrip", token.left_strip},
        {"rstrip", token.right_strip}, {"normalized", token.normalized}, {"special", token.special}};
}

bool has_token(const Json& list, TokenId id) {
    return std::any_of(list.begin(), list.end(),
        [&](const Json& each) { return each.is_object() && each.value("id", TokenId{-1}) == id; });
}

void add_to(BaseFiles& files, const std::vector<AddedToken>& added) {
    Json& list = files.tokenizer["added_tokens"];
    for (const AddedToken& token : added) {
        Json entry = token_json(token);
        if (files.config.is_object() && files.config.contains("added_tokens_decoder"))
            files.config["added_tokens_decoder"][std::to_string(token.id)] = entry;
        entry["id"] = token.id;
        if (!has_token(list, token.id)) list.push_back(std::move(entry));
    }
}

std::string readme(const TrainedTokens& tokens, const ModelSummary& model) {
    const auto& ids = tokens.rows.ids;
    const std::int64_t rows = std::max(model.vocab_size, *std::max_element(ids.begin(), ids.end()) + 1);
    std::string names;
    for (const AddedToken& token : tokens.added)
        if (std::find(ids.begin(), ids.end(), token.id) != ids.end())
            names += "    " + Json(token.content).dump() + "\n";
    const std::string resize =
        rows == model.vocab_size
            ? ""
            : "    model.resize_token_embeddings(" + std::to_string(rows) + ")  # before the adapter\n";
    return "# A LoRA adapter with new tokens\n\nIts tokenizer is beside it. New are:\n\n" + names
           + "\nTheir rows of the embedding (and of a head of its own) are in the adapter. With transformers "
             "and PEFT:\n\n"
             "    tokenizer = AutoTokenizer.from_pretrained(ADAPTER)\n"
             "    model = AutoModelForCausalLM.from_pretrained(BASE)\n"
           + resize + "    model = PeftModel.from_pretrained(model, ADAPTER)\n";
}

} // namespace

std::map<std::string, std::string> tokenizer_files_with(
    const std::string& model, const std::vector<AddedToken>& added) {
    const CheckpointFiles place = find_checkpoint(model);
    BaseFiles files =
        place.gguf.empty() ? of_folder(fs::path(place.config).parent_path()) : of_gguf(place.gguf);
    add_to(files, added);
    std::map<std::string, std::string> all = std::move(files.as_they_are);
    all[tokenizer_name] = files.tokenizer.dump() + "\n";
    if (files.config.is_object()) all[config_name] = files.config.dump(2) + "\n";
    return all;
}

void write_token_files(StagedFolder& staged, const TrainedTokens& tokens, const ModelSummary& base_model) {
    if (tokens.added.empty()) return;
    for (const auto& [name, contents] : tokenizer_files_with(base_model.path, tokens.added))
        staged.write(name, contents);
    staged.write("README.md", readme(tokens, base_model));
}

} // namespace lora
