#include "engine/adapters/merged_files.h"

#include "engine/checkpoints/quantized_tensors.h"
#include "engine/error.h"
#include "engine/files/mapped_file.h"
#include "engine/text/gguf_tokenizer_json.h"

#include <filesystem>
#include <optional>

namespace lora {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = std::size_t{1} << 28;

// What says how text becomes tokens, and how to talk to the model.
constexpr const char* beside_weights[] = {"tokenizer.json", "tokenizer_config.json",
    "special_tokens_map.json", "added_tokens.json", "vocab.json", "vocab.txt", "merges.txt",
    "tokenizer.model", "chat_template.jinja", "chat_template.json", "generation_config.json"};
constexpr const char* more_templates = "additional_chat_templates";

Json config_of_gguf(const Weights& base) {
    Json config = base.config();
    config["architectures"] = {std::string(base.dialect().model_class)};
    config["torch_dtype"] = "float32";
    for (const auto& [key, field] : {std::pair{"tokenizer.ggml.bos_token_id", "bos_token_id"},
             std::pair{"tokenizer.ggml.eos_token_id", "eos_token_id"}})
        if (base.gguf().metadata(key) != nullptr)
            config[field] = base.gguf().integer(key, 0, std::int64_t{1} << 31);
    return config;
}

// The weights are worth having where the tokenizer cannot be written.
void write_tokenizer_of_gguf(StagedFolder& staged, const GgufFile& gguf, std::vector<std::string>& names,
    std::vector<std::string>& notes) {
    std::string why = "it has no counterpart in tokenizer.json here";
    std::optional<TokenizerFiles> files;
    try {
        files = tokenizer_files_of(gguf);
    } catch (const Error& failure) {
        why = failure.what();
    }
    if (!files) {
        notes.push_back("The GGUF file's tokenizer was not written (" + why
                        + "): put the model's own tokenizer.json beside the weights before the folder is "
                          "opened.");
        return;
    }
    staged.write("tokenizer.json", files->tokenizer.dump() + "\n");
    staged.write("tokenizer_config.json", files->config.dump(2) + "\n");
    names.insert(names.end(), {"tokenizer.json", "tokenizer_config.json"});
}

} // namespace

std::vector<std::string> write_model_files(StagedFolder& staged, const Weights& base, const Json& changes,
    std::vector<std::string>& notes, const FilesByName& tokenizer) {
    std::vector<std::string> names{"config.json"};
    for (const auto& [name, contents] : tokenizer) {
        staged.write(name, contents);
        names.push_back(name);
    }
    if (base.is_gguf()) {
        Json config = config_of_gguf(base);
        config.update(changes);
        staged.write("config.json", config.dump(2) + "\n");
        if (tokenizer.empty()) write_tokenizer_of_gguf(staged, base.gguf(), names, notes);
        return names;
    }
    const fs::path folder = fs::path(base.config_file()).parent_path();
    Json config = base.config();
    forget_quantization(config); // the weights that are written are plain
    if (changes.empty() && config == base.config()) {
        staged.write("config.json", read_text(base.config_file(), most_bytes));
    } else {
        config.update(changes);
        staged.write("config.json", config.dump(2) + "\n");
    }
    for (const char* name : beside_weights) {
        std::error_code ignored;
        if (tokenizer.contains(name) || !fs::is_regular_file(folder / name, ignored)) continue;
        staged.write(name, read_text((folder / name).string(), most_bytes));
        names.emplace_back(name);
    }
    std::error_code none;
    if (fs::is_directory(folder / more_templates, none))
        notes.push_back("The chat templates in " + std::string(more_templates)
                        + "/ were not copied: copy that folder beside the weights where they are used.");
    return names;
}

} // namespace lora
