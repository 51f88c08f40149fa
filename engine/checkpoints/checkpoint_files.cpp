#include "engine/checkpoints/checkpoint_files.h"

#include "engine/error.h"
#include "engine/files/json.h"
#include "engine/files/mapped_file.h"
#include "engine/files/store.h"
#include "engine/hub/hub_cache.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace lora {

namespace fs = std::filesystem;

namespace {

// A folder of the Hugging Face cache: refs/main names the snapshot that was fetched last.
fs::path cached_snapshot(const fs::path& folder) {
    std::error_code ignored;
    const fs::path reference = folder / "refs" / "main";
    if (!fs::is_regular_file(reference, ignored)) return folder;
    std::string revision = read_text(reference.string(), 256);
    while (!revision.empty() && (revision.back() == '\n' || revision.back() == '\r')) revision.pop_back();
    if (!is_plain_file_name(revision))
        fail(reference.string(), "'" + shown(revision) + "'", "a revision's name");
    return folder / "snapshots" / revision;
}

std::vector<std::string> indexed_shards(const fs::path& folder, const fs::path& index) {
    const Json json = read_json(index.string(), {.size_bytes = 64 << 20});
    const JsonFields fields(json, index.string());
    const Json* map = fields.find("weight_map");
    if (map == nullptr || !map->is_object())
        fail(index.string(), "no object weight_map", "tensor names with their files");
    std::set<std::string> names;
    for (const auto& [tensor, file] : map->items()) {
        if (!file.is_string() || !is_plain_file_name(file.get<std::string>()))
            fail(
                index.string() + ": weight_map: " + shown(tensor), shown(file.dump()), "one plain file name");
        names.insert(file.get<std::string>());
    }
    std::vector<std::string> shards;
    for (const auto& name : names) shards.push_back((folder / name).string());
    return shards;
}

[[noreturn]] void no_weights(const fs::path& folder, const std::vector<std::string>& names) {
    for (const auto& name : names) {
        const std::string extension = fs::path(name).extension().string();
        if (extension == ".bin" || extension == ".pt" || extension == ".pth" || extension == ".ckpt")
            fail(folder.string(), "weights as pickle only (" + shown(name) + ")",
                "model.safetensors or a GGUF file",
                "a pickle can run code and is never opened; convert it to safetensors");
    }
    fail(folder.string(), "no weights",
        "model.safetensors, model.safetensors.index.json with its shards, or one .gguf file");
}

[[noreturn]] void nothing_at(const std::string& path, const std::error_code& failure) {
    const bool named = path.find('/') != std::string::npos && is_repository_name(path);
    if (named && !failure)
        fail(path, "nothing there, nor a model of this name in the hub's cache",
            "a model folder or a .gguf file", "lora fetch " + path + " downloads it from the hub");
    fail(path, failure ? "'" + failure.message() + "'" : "nothing there", "a model folder or a .gguf file");
}

} // namespace

CheckpointFiles find_checkpoint(const std::string& wanted) {
    const std::string path = local_model(wanted);
    std::error_code ignored, failure;
    if (!fs::exists(path, failure)) nothing_at(path, failure);
    if (fs::is_regular_file(path, ignored)) {
        if (fs::path(path).extension() == ".gguf")
            return {.path = path, .config = {}, .shards = {}, .gguf = path};
        fail(path, "a file that is no .gguf",
            "a .gguf file, or the folder with config.json and model.safetensors");
    }
    if (!fs::is_directory(path, ignored))
        fail(path, "neither a file nor a folder", "a model folder or a .gguf file");

    const fs::path folder = cached_snapshot(path);
    std::vector<std::string> names;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure))
        names.push_back(entry->path().filename().string());
    if (failure) fail(folder.string(), "'" + failure.message() + "'", "a folder that can be read");
    std::sort(names.begin(), names.end());
    const auto has = [&](const char* name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    std::vector<std::string> ggufs;
    std::copy_if(names.begin(), names.end(), std::back_inserter(ggufs),
        [](const std::string& name) { return fs::path(name).extension() == ".gguf"; });

    CheckpointFiles files;
    files.path = folder.string();
    if (has("model.safetensors"))
        files.shards = {(folder / "model.safetensors").string()};
    else if (has("model.safetensors.index.json"))
        files.shards = indexed_shards(folder, folder / "model.safetensors.index.json");
    else if (ggufs.size() == 1) {
        files.gguf = (folder / ggufs.front()).string();
        files.path = files.gguf;
        return files;
    } else if (ggufs.size() > 1)
        fail(path, std::to_string(ggufs.size()) + " GGUF files", "one", "open the file itself");
    else
        no_weights(folder, names);
    if (!has("config.json")) fail(folder.string(), "weights without config.json", "config.json beside them");
    files.config = (folder / "config.json").string();
    return files;
}

} // namespace lora
