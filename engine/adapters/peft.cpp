#include "engine/adapters/peft.h"

#include "engine/adapters/peft_config.h"
#include "engine/error.h"
#include "engine/files/safetensors.h"
#include "engine/files/store.h"
#include "engine/models/safetensors_tensors.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::string_view key_prefix = "base_model.model.";
constexpr const char* tensors_file = "adapter_model.safetensors";

struct Halves {
    at::Tensor A, B;
};

// "base_model.model.PATH.lora_A.weight" → PATH and 'A'; loralib's names lack ".weight".
std::optional<std::pair<std::string, char>> parse_key(std::string_view key) {
    if (key.starts_with(key_prefix)) key.remove_prefix(key_prefix.size());
    if (key.ends_with(".weight")) key.remove_suffix(std::string_view(".weight").size());
    if (!key.ends_with(".lora_A") && !key.ends_with(".lora_B")) return std::nullopt;
    const char half = key.back();
    key.remove_suffix(std::string_view(".lora_A").size());
    return std::pair{std::string(key), half};
}

std::map<std::string, Halves> read_halves(const std::string& path, const at::Device& device) {
    const auto file = std::make_shared<SafetensorsFile>(path);
    std::map<std::string, Halves> halves;
    for (const auto& view : file->tensors()) {
        const auto key = parse_key(view.name);
        if (!key)
            fail(path + ": tensor '" + shown(view.name) + "'", "a tensor that is no part of a plain LoRA",
                "names that end with lora_A.weight or lora_B.weight");
        if (view.shape.size() != 2)
            fail(path + ": tensor '" + shown(view.name) + "'",
                std::to_string(view.shape.size()) + " dimensions", "2");
        at::Tensor values = owned_tensor(view).to(device, at::kFloat).contiguous();
        if (!at::isfinite(values).all().item<bool>())
            fail(path + ": tensor '" + shown(view.name) + "'", "values that are not finite", "numbers");
        Halves& target = halves[key->first];
        at::Tensor& half = key->second == 'A' ? target.A : target.B;
        if (half.defined())
            fail(path + ": tensor '" + shown(view.name) + "'",
                std::string("lora_") + key->second + " a second time", "each once");
        half = std::move(values);
    }
    if (halves.empty()) fail(path, "no tensors", "lora_A and lora_B of each target");
    return halves;
}

// Layers by number, not as text: layers.2 before layers.10.
bool path_before(const std::string& a, const std::string& b) {
    std::size_t i = 0, j = 0;
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    while (i < a.size() && j < b.size()) {
        if (digit(a[i]) && digit(b[j])) {
            std::size_t m = i, n = j;
            while (m < a.size() && digit(a[m])) ++m;
            while (n < b.size() && digit(b[n])) ++n;
            if (m - i != n - j) return m - i < n - j;
            if (const int order = a.compare(i, m - i, b, j, n - j); order != 0) return order < 0;
            i = m, j = n;
        } else if (a[i] != b[j]) {
            return a[i] < b[j];
        } else {
            ++i, ++j;
        }
    }
    return a.size() - i < b.size() - j;
}

TargetUpdate make_target(
    const std::string& file, const std::string& path, const Halves& halves, const PeftConfig& config) {
    if (!halves.A.defined() || !halves.B.defined())
        fail(file + ": " + shown(path), halves.A.defined() ? "lora_A alone" : "lora_B alone",
            "both lora_A and lora_B");
    const std::int64_t rank = halves.A.size(0);
    if (halves.B.size(1) != rank)
        fail(file + ": " + shown(path),
            "lora_A of rank " + std::to_string(rank) + " and lora_B of rank "
                + std::to_string(halves.B.size(1)),
            "one rank");
    const std::int64_t expected = config.rank_of(path);
    if (rank != expected)
        fail(file + ": " + shown(path), "rank " + std::to_string(rank),
            "rank " + std::to_string(expected) + " as adapter_config.json says");
    const double alpha = config.alpha_of(path);
    const auto r = static_cast<double>(rank);
    LowRank update{.A = halves.A,
        .B = halves.B,
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
    for (const auto& [path, halves] : read_halves(tensors_path, device))
        adapter.targets.push_back(make_target(tensors_path, path, halves, config));
    std::sort(adapter.targets.begin(), adapter.targets.end(),
        [](const TargetUpdate& a, const TargetUpdate& b) { return path_before(a.path, b.path); });
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
