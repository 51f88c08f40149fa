#include "engine/adapters/peft.h"

#include "engine/adapters/adalora_files.h"
#include "engine/adapters/earlier_experts.h"
#include "engine/adapters/expert_stacks.h"
#include "engine/adapters/head_tensors.h"
#include "engine/adapters/low_rank_pairs.h"
#include "engine/adapters/peft_config.h"
#include "engine/adapters/peft_config_json.h"
#include "engine/adapters/token_files.h"
#include "engine/adapters/vera_files.h"
#include "engine/error.h"
#include "engine/files/bytes.h"
#include "engine/files/json.h"

#include <cmath>
#include <filesystem>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::string_view key_prefix = "base_model.model.";
constexpr const char* config_file = "adapter_config.json";
constexpr const char* tensors_file = "adapter_model.safetensors";

constexpr std::string_view magnitude_suffix = ".lora_magnitude_vector";

constexpr const char *labels_key = "labels", *problem_key = "problem_type";

// JSON in the file's metadata, where PEFT passes it over.
std::vector<std::string> read_labels(const SafetensorsFile& file, std::int64_t classes) {
    const auto found = file.metadata().find(labels_key);
    if (found == file.metadata().end()) return {};
    const std::string where = file.path() + ": metadata";
    const Json fields{{labels_key, parse_json(found->second, where)}};
    std::vector<std::string> labels = JsonFields(fields, where).strings(labels_key);
    if (static_cast<std::int64_t>(labels.size()) != classes)
        fail(where + ": " + labels_key, std::to_string(labels.size()) + " labels",
            "one for each of the " + std::to_string(classes) + " classes");
    return labels;
}

Problem read_problem(const SafetensorsFile& file) {
    const auto found = file.metadata().find(problem_key);
    return found == file.metadata().end()
               ? Problem::Unsaid
               : problem_of_head(found->second, file.path() + ": metadata: " + problem_key);
}

std::optional<ClassifierHead> read_head(
    const SafetensorsFile& file, const JsonFields& config, const at::Device& device) {
    std::vector<std::string> modules = config.strings("modules_to_save");
    modules.emplace_back("classifier"); // as files have it whose configuration does not tell
    std::optional<ClassifierHead> head = read_head_tensors(file, std::string(key_prefix), modules, device);
    if (!head) return head;
    head->labels = read_labels(file, head->weight.size(0));
    head->problem = read_problem(file);
    return head;
}

TargetUpdate make_target(
    const std::string& file, const std::string& path, const LowRankPair& pair, const PeftConfig& config) {
    const std::int64_t rank = pair.A.size(0);
    const std::int64_t expected = config.rank_of(path);
    if (rank != expected)
        fail(file + ": " + shown(path), "rank " + std::to_string(rank),
            "rank " + std::to_string(expected) + " as adapter_config.json says");
    const double alpha = config.alpha_of(path);
    const auto r = static_cast<double>(rank);
    LowRank update{.A = pair.A,
        .B = pair.B,
        .scale = alpha / (config.use_rslora ? std::sqrt(r) : r),
        .dropout = config.lora_dropout};
    return {path, alpha, std::move(update)};
}

// DoRA's lengths, one for each row of the weight.
at::Tensor read_magnitude(const SafetensorsFile& file, const TargetUpdate& target, const at::Device& device) {
    const std::string name = std::string(key_prefix) + target.path + std::string(magnitude_suffix);
    const TensorView* view = file.find(name);
    const std::vector<std::int64_t> shape{target.update.B.size(0)};
    if (view == nullptr || view->shape != shape)
        fail(file.path() + ": tensor '" + shown(name) + "'",
            view == nullptr ? "none" : shape_text(view->shape),
            shape_text(shape) + ", since adapter_config.json says use_dora");
    return finite_values(*view, file.path(), device);
}

// Tensors that are neither half of an update nor of what else the adapter has.
void refuse_others(const std::string& file, const std::vector<std::string>& others, const Adapter& adapter) {
    for (const std::string& other : others) {
        const bool of_head = adapter.head && is_head_tensor(other, *adapter.head, std::string(key_prefix));
        const bool of_dora = adapter.has_magnitudes() && other.ends_with(magnitude_suffix);
        const bool of_tokens = adapter.tokens && is_token_tensor(other);
        if (!of_head && !of_dora && !of_tokens)
            fail(file + ": tensor '" + shown(other) + "'", "a tensor that is no part of an adapter",
                "names that end with lora_A.weight or lora_B.weight");
    }
}

// An adapter is saved over another one, not into a folder of something else.
void refuse_to_replace_another_folder(const std::string& folder) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored) || fs::is_empty(folder, ignored)) return;
    if (!fs::exists(fs::path(folder) / config_file, ignored))
        fail(folder, "a folder that holds other things than an adapter",
            "a new or empty one, or an adapter's", "choose another name");
}

} // namespace

Adapter read_peft(const std::string& folder, const at::Device& device) {
    namespace fs = std::filesystem;
    const std::string config_path = (fs::path(folder) / config_file).string();
    const std::string tensors_path = (fs::path(folder) / tensors_file).string();
    std::error_code ignored;
    if (!fs::is_regular_file(config_path, ignored))
        fail(folder, "no adapter_config.json", "a folder that PEFT or this program saved an adapter in");
    if (!fs::is_regular_file(tensors_path, ignored))
        fail(folder, std::string("no ") + tensors_file,
            "the adapter's tensors as safetensors (a pickle is never opened)");
    const Json json = read_json(config_path);
    const JsonFields fields(json, config_path);
    const std::string type = fields.string_or("peft_type", "");
    if (type == "VERA") {
        VeraRead vera = read_vera(json, config_path, tensors_path, device);
        vera.adapter.head = read_head(SafetensorsFile(tensors_path), fields, device);
        refuse_others(tensors_path, vera.others, vera.adapter);
        return std::move(vera.adapter);
    }
    Adapter adapter;
    if (type == "ADALORA") {
        std::vector<std::string> others;
        adapter.targets = read_adalora(json, config_path, tensors_path, device, others);
        adapter.head = read_head(SafetensorsFile(tensors_path), fields, device);
        refuse_others(tensors_path, others, adapter);
        return adapter;
    }
    PeftConfig config = peft_config_of(json, config_path);
    adapter.use_rslora = config.use_rslora;
    LowRankPairs read = read_low_rank_pairs(tensors_path, device);
    fuse_earlier_experts(read.pairs, config, tensors_path);
    const SafetensorsFile file(tensors_path);
    adapter.head = read_head(file, fields, device);
    for (const auto& [path, pair] : stacks_apart(std::move(read.pairs), config, tensors_path))
        adapter.targets.push_back(make_target(tensors_path, path, pair, config));
    if (config.use_dora)
        for (TargetUpdate& target : adapter.targets)
            target.update.magnitude = read_magnitude(file, target, device);
    adapter.tokens = read_tokens(fields, file, folder, key_prefix, device);
    refuse_others(tensors_path, read.others, adapter);
    return adapter;
}

at::Tensor finite_values(const TensorView& view, const std::string& path, const at::Device& device) {
    at::Tensor values = owned_tensor(view).to(device, at::kFloat).contiguous();
    if (!at::isfinite(values).all().item<bool>())
        fail(path + ": tensor '" + shown(view.name) + "'", "values that are not finite", "numbers");
    return values;
}

void write_peft_tensors(StagedFolder& staged, std::vector<NamedTensor> tensors,
    const std::optional<ClassifierHead>& head, std::map<std::string, std::string> metadata) {
    metadata["format"] = "pt";
    if (head) {
        for (NamedTensor& tensor : head_tensors(*head, std::string(key_prefix)))
            tensors.push_back(std::move(tensor));
        if (!head->labels.empty()) metadata[labels_key] = Json(head->labels).dump();
        if (head->problem != Problem::Unsaid) metadata[problem_key] = name(head->problem);
    }
    write_tensors(staged, tensors_file, tensors, metadata);
}

void write_peft_files(StagedFolder& staged, const Adapter& adapter, const ModelSummary& base_model) {
    if (adapter.vera) return write_vera(staged, adapter, base_model);
    std::vector<NamedTensor> tensors;
    for (const PeftPlace& place : peft_places(adapter, base_model)) {
        const std::string name = std::string(key_prefix) + place.path;
        LowRankPair pair = stacked(place, adapter.use_rslora);
        tensors.push_back({name + ".lora_A.weight", std::move(pair.A)});
        tensors.push_back({name + ".lora_B.weight", std::move(pair.B)});
    }
    for (const TargetUpdate& target : adapter.targets)
        if (target.update.magnitude.defined())
            tensors.push_back({std::string(key_prefix) + target.path + std::string(magnitude_suffix),
                target.update.magnitude});
    if (adapter.tokens) {
        for (NamedTensor& tensor : token_tensors(*adapter.tokens, key_prefix))
            tensors.push_back(std::move(tensor));
        write_token_files(staged, *adapter.tokens, base_model);
    }
    staged.write(config_file, peft_config_json(adapter, base_model).dump(2) + "\n");
    write_peft_tensors(staged, std::move(tensors), adapter.head);
}

void write_peft(const std::string& folder, const Adapter& adapter, const ModelSummary& base_model,
    const std::map<std::string, std::string>& beside) {
    refuse_to_replace_another_folder(folder);
    StagedFolder staged(folder);
    write_peft_files(staged, adapter, base_model);
    for (const auto& [name, contents] : beside) staged.write(name, contents);
    staged.commit();
}

} // namespace lora
