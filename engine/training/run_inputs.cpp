#include "engine/training/run_inputs.h"

#include "engine/checkpoints/checkpoint_files.h"
#include "engine/data/dataset_paths.h"
#include "engine/data/mix_file.h"
#include "engine/files/fingerprint.h"

#include <cstdint>
#include <filesystem>
#include <limits>

namespace lora {

namespace fs = std::filesystem;

namespace {

constexpr const char* other_contents = "other contents than when the run began";

Json described(const Fingerprint& print) {
    return {{"size_bytes", print.size_bytes}, {print.sampled ? "sampled_sha256" : "sha256", print.sha256}};
}

/// A data file's digest is always of all of it: each row counts. Of a mix its parts are kept too.
Json described_whole(const std::string& path) {
    Json whole = {{"path", path}, {"size_bytes", size_of_dataset(path)}, {"sha256", sha256_of_dataset(path)}};
    if (is_mix_file(path))
        for (const MixPart& part : read_mix(path))
            whole["mix"].push_back({{"data", part.path}, {"weight", part.weight}});
    return whole;
}

std::vector<std::string> files_of_model(const std::string& path) {
    const CheckpointFiles files = find_checkpoint(path);
    if (!files.gguf.empty()) return {files.gguf};
    std::vector<std::string> all = files.shards;
    for (const char* name : {"config.json", "generation_config.json", "tokenizer.json", "tokenizer.model",
             "tokenizer_config.json", "chat_template.jinja"}) {
        const fs::path place = fs::path(files.path) / name;
        std::error_code absent;
        if (fs::is_regular_file(place, absent)) all.push_back(place.string());
    }
    return all;
}

std::string words_of(const JsonFields& file) {
    const std::int64_t bytes = file.integer("size_bytes", 0, std::numeric_limits<std::int64_t>::max());
    const std::string words = std::to_string(bytes) + " bytes with the ";
    if (file.has("sha256")) return words + "SHA-256 " + shown(file.string("sha256"));
    return words + "SHA-256 of samples " + shown(file.string("sampled_sha256"));
}

void compare_model(const JsonFields& model, const std::string& path, std::vector<ChangedInput>& changes) {
    const JsonFields then = model.object("files");
    const Json now = described_model(path);
    std::error_code failure;
    const fs::path folder = fs::is_directory(path, failure) ? fs::path(path) : fs::path(path).parent_path();
    for (const auto& [name, file] : now["files"].items()) {
        const std::string place = (folder / name).string();
        if (!then.has(name))
            changes.push_back({place, "a file that was not there when the run began", "none"});
        else if (*then.find(name) != file)
            changes.push_back({place, other_contents, words_of(then.object(name))});
    }
    for (const auto& [name, file] : model.find("files")->items())
        if (!now["files"].contains(name))
            changes.push_back({(folder / shown(name)).string(), "no such file", words_of(then.object(name))});
}

void compare_data(const JsonFields& data, std::vector<ChangedInput>& changes) {
    for (const char* set : {"train", "eval"}) {
        if (!data.has(set)) continue;
        const JsonFields file = data.object(set);
        const std::string path = file.string("path");
        if (sha256_of_dataset(path) != file.string("sha256"))
            changes.push_back({path, other_contents, words_of(file)});
    }
}

} // namespace

Json described_model(const std::string& path) {
    Json files = Json::object();
    for (const std::string& file : files_of_model(path))
        files[fs::path(file).filename().string()] = described(fingerprint_of(file));
    return {{"path", path}, {"files", std::move(files)}};
}

Json described_data(const DataSettings& data) {
    Json files = Json::object();
    files["train"] = described_whole(data.train);
    if (!data.eval.empty()) files["eval"] = described_whole(data.eval);
    return files;
}

std::vector<ChangedInput> changed_inputs(
    const Json& run, const std::string& where, const std::string& model_path) {
    const JsonFields fields(run, where);
    std::vector<ChangedInput> changes;
    if (fields.has("model")) compare_model(fields.object("model"), model_path, changes);
    compare_data(fields.object("data"), changes);
    return changes;
}

void refuse(const std::vector<ChangedInput>& changes) {
    if (changes.empty()) return;
    std::string found = changes.front().found;
    for (std::size_t i = 1; i < changes.size(); ++i)
        found.append(i == 1 ? "; changed too: " : ", ").append(changes[i].path);
    throw InputsChanged(changes.front().path, found, changes.front().expected,
        "the run would go on as another one: put the files back, or start a new run from the saved adapter");
}

} // namespace lora
