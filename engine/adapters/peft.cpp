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
constexpr const char* tensors_file = "adapter_model.safetensors";

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

} // namespace

Adapter read_peft(const std::string& folder, const at::Device& device) {
    namespace fs = std::filesystem;
    const std::string config_path = (fs::path(folder) / "adapter_config.json").string();
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
    if (!read.others.empty())
        fail(tensors_path + ": tensor '" + shown(read.others.front()) + "'",
            "a tensor that is no part of a plain LoRA", "names that end with lora_A.weight or lora_B.weight");
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
    staged.write("adapter_config.json", peft_config_json(adapter, base_model).dump(2) + "\n");
    staged.write(tensors_file, tensors_as_safetensors(tensors, {{"format", "pt"}}));
}

void write_peft(const std::string& folder, const Adapter& adapter, const ModelSummary& base_model) {
    StagedFolder staged(folder);
    write_peft_files(staged, adapter, base_model);
    staged.commit();
}

} // namespace lora
