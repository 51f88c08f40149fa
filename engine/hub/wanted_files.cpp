#include "engine/hub/wanted_files.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <iterator>

#include <fnmatch.h>

namespace lora {

namespace {

using Files = std::vector<HubFile>;

constexpr std::array around_weights{"config.json", "generation_config.json", "tokenizer.json",
    "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "tokenizer.model",
    "spiece.model", "sentencepiece.bpe.model", "vocab.json", "vocab.txt", "merges.txt", "chat_template.jinja",
    "chat_template.json", "adapter_config.json", "model.safetensors.index.json", "README.md", "LICENSE",
    "LICENSE.txt", "LICENSE.md", "NOTICE"};
constexpr std::array of_data{".parquet", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".arrow"};

std::string extension_of(const std::string& name) { return std::filesystem::path(name).extension().string(); }

bool is_pickle(const HubFile& file) {
    const std::string extension = extension_of(file.name);
    for (const char* each : {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
        if (extension == each) return true;
    return false;
}

Files those(const Files& files, const std::function<bool(const HubFile&)>& that) {
    Files kept;
    std::copy_if(files.begin(), files.end(), std::back_inserter(kept), that);
    return kept;
}

bool ends_with(const HubFile& file, std::string_view extension) { return file.name.ends_with(extension); }
bool matches(const char* pattern, const HubFile& file) { return fnmatch(pattern, file.name.c_str(), 0) == 0; }

std::string names_of(const Files& files) {
    constexpr std::size_t most = 12;
    std::string names;
    for (std::size_t i = 0; i < files.size() && i < most; ++i)
        names.append(i == 0 ? "" : ", ").append(shown(files[i].name));
    return files.size() > most ? names + ", …" : names;
}

[[noreturn]] void refuse_pickles(const std::string& place, const Files& pickles) {
    fail(place, "weights as pickle only (" + names_of(pickles) + ")", "safetensors or GGUF",
        "a pickle can run code and is never downloaded; look for the same model in safetensors");
}

/// In the repository's own folder, the one set of them that a loader takes.
Files safetensors_of(const Files& files) {
    Files whole = those(files, [](const HubFile& file) { return file.name == "model.safetensors"; });
    if (!whole.empty()) return whole;
    Files shards =
        those(files, [](const HubFile& file) { return matches("model-[0-9]*-of-[0-9]*.safetensors", file); });
    if (!shards.empty()) return shards;
    return those(files, [](const HubFile& file) {
        return ends_with(file, ".safetensors") && file.name.find('/') == std::string::npos;
    });
}

Files weights_of(const RepositoryInfo& info) {
    const std::string& place = info.repository.name;
    Files weights = safetensors_of(info.files);
    if (!weights.empty()) return weights;
    weights = those(info.files, [](const HubFile& file) { return ends_with(file, ".gguf"); });
    if (weights.size() > 1)
        fail(place, std::to_string(weights.size()) + " GGUF files (" + names_of(weights) + ")", "one",
            "name the one to download");
    if (!weights.empty()) return weights;
    const Files pickles = those(info.files, is_pickle);
    if (!pickles.empty()) refuse_pickles(place, pickles);
    fail(place, "no weights", "safetensors or GGUF",
        info.files.empty() ? "it holds no files at all" : "it holds " + names_of(info.files));
}

Files model_files(const RepositoryInfo& info) {
    Files wanted = weights_of(info);
    const bool index = wanted.front().name != "model.safetensors";
    for (const HubFile& file : info.files)
        for (const std::string_view name : around_weights)
            if (file.name == name && (index || name != "model.safetensors.index.json"))
                wanted.push_back(file);
    const Files templates = those(
        info.files, [](const HubFile& file) { return matches("additional_chat_templates/*.jinja", file); });
    wanted.insert(wanted.end(), templates.begin(), templates.end());
    return wanted;
}

bool is_data(const HubFile& file) {
    std::string name = file.name;
    for (const char* packed : {".gz", ".zst"})
        if (name.ends_with(packed)) name.resize(name.size() - std::string_view(packed).size());
    const std::string extension = extension_of(name);
    return name == "README.md" || name.starts_with("LICENSE")
           || std::any_of(
               of_data.begin(), of_data.end(), [&](const char* each) { return extension == each; });
}

WantedFiles matching(const RepositoryInfo& info, const std::vector<std::string>& patterns) {
    const Files named = those(info.files, [&](const HubFile& file) {
        return std::any_of(patterns.begin(), patterns.end(),
            [&](const std::string& pattern) { return matches(pattern.c_str(), file); });
    });
    if (named.empty())
        fail(info.repository.name, "no file that is named " + shown(patterns.front()),
            "the names of its files", "it holds " + names_of(info.files));
    if (info.repository.kind == RepositoryKind::Dataset) return {named, {}};
    WantedFiles wanted{
        those(named, [](const HubFile& file) { return !is_pickle(file); }), those(named, is_pickle)};
    if (wanted.files.empty()) refuse_pickles(info.repository.name, named);
    return wanted;
}

} // namespace

WantedFiles wanted_files(const RepositoryInfo& info, const std::vector<std::string>& patterns) {
    if (!patterns.empty()) return matching(info, patterns);
    if (info.repository.kind == RepositoryKind::Model) return {model_files(info), {}};
    Files data = those(info.files, is_data);
    if (data.empty())
        fail(info.repository.name, "no file of a kind that is read here",
            "tables or texts: Parquet, Arrow, JSON, CSV, TSV, text", "it holds " + names_of(info.files));
    return {data, {}};
}

} // namespace lora
