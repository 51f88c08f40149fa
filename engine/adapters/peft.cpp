#include "engine/adapters/peft.h"

#include "engine/adapters/low_rank_pairs.h"
#include "engine/adapters/peft_config.h"
#include "engine/error.h"
#include "engine/files/store.h"
#include "engine/models/safetensors_tensors.h"

#include <cmath>
#include <filesystem>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::string_view key_prefix = "base_model.model.";
constexpr const char* config_file = "adapter_config.json";
constexpr const char* tensors_file = "adapter_model.safetensors";

constexpr const char* labels_key = "labels";

at::Tensor values_of(const TensorView& view, const std::string& path, const at::Device& device) {
    at::Tensor values = owned_tensor(view).to(device, at::kFloat).contiguous();
    if (!at::isfinite(values).all().item<bool>())
        fail(path + ": tensor '" + shown(view.name) + "'", "values that are not finite", "numbers");
    return values;
}

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

std::optional<ClassifierHead> read_head(const SafetensorsFile& file, const at::Device& device) {
    const TensorView* weight = file.find(std::string(key_prefix) + "classifier.weight");
    const TensorView* bias = file.find(std::string(key_prefix) + "classifier.bias");
    if (weight == nullptr && bias == nullptr) return std::nullopt;
    if (weight == nullptr || bias == nullptr || weight->shape.size() != 2
        || bias->shape != std::vector{weight->shape[0]})
        fail(file.path() + ": classifier", "a weight or a bias that do not fit each other",
            "weight [labels, D] and bias [labels]");
    ClassifierHead head{values_of(*weight, file.path(), device), values_of(*bias, file.path(), device), {}};
    head.labels = read_labels(file, weight->shape[0]);
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

// Whoever saves replaces the folder, with all that is in it.
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
    const PeftConfig config = read_peft_config(config_path);
    Adapter adapter;
    adapter.use_rslora = config.use_rslora;
    const LowRankPairs read = read_low_rank_pairs(tensors_path, device);
    adapter.head = read_head(SafetensorsFile(tensors_path), device);
    for (const std::string& other : read.others)
        if (!adapter.head || !other.starts_with(std::string(key_prefix) + "classifier."))
            fail(tensors_path + ": tensor '" + shown(other) + "'", "a tensor that is no part of a plain LoRA",
                "names that end with lora_A.weight or lora_B.weight");
    for (const auto& [path, pair] : read.pairs)
        adapter.targets.push_back(make_target(tensors_path, path, pair, config));
    return adapter;
}

void write_peft_files(StagedFolder& staged, const Adapter& adapter, const ModelSummary& base_model) {
    std::vector<NamedTensor> tensors;
    for (const auto& [path, alpha, update] : adapter.targets) {
        tensors.push_back({std::string(key_prefix) + path + ".lora_A.weight", update.A});
        tensors.push_back({std::string(key_prefix) + path + ".lora_B.weight", update.B});
    }
    std::map<std::string, std::string> metadata{{"format", "pt"}};
    if (adapter.head) {
        tensors.push_back({std::string(key_prefix) + "classifier.weight", adapter.head->weight});
        tensors.push_back({std::string(key_prefix) + "classifier.bias", adapter.head->bias});
        if (!adapter.head->labels.empty()) metadata[labels_key] = Json(adapter.head->labels).dump();
    }
    staged.write(config_file, peft_config_json(adapter, base_model).dump(2) + "\n");
    staged.write(tensors_file, tensors_as_safetensors(tensors, metadata));
}

void write_peft(const std::string& folder, const Adapter& adapter, const ModelSummary& base_model) {
    refuse_to_replace_another_folder(folder);
    StagedFolder staged(folder);
    write_peft_files(staged, adapter, base_model);
    staged.commit();
}

} // namespace lora
