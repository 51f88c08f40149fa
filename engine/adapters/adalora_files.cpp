#include "engine/adapters/adalora_files.h"

#include "engine/adapters/peft.h"
#include "engine/adapters/peft_config.h"
#include "engine/adapters/peft_config_json.h"
#include "engine/error.h"
#include "engine/files/safetensors.h"
#include "engine/models/safetensors_tensors.h"

#include <algorithm>
#include <map>
#include <string_view>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::string_view adalora_prefix = "base_model.model.";
constexpr std::string_view suffixes[] = {".lora_A", ".lora_E", ".lora_B"};

std::vector<bool> flags_of(const at::Tensor& left) {
    const at::Tensor there = left.to(at::kCPU).contiguous();
    const bool* values = there.const_data_ptr<bool>();
    return std::vector<bool>(values, values + there.numel());
}

Json config_of(const AdaLoraResult& result, const Adapter& adapter, const ModelSummary& base_model) {
    Json config = peft_config_json(adapter, base_model);
    const AdaLoraFields& s = result.settings;
    config["peft_type"] = "ADALORA";
    config["r"] = 8; // PEFT's own default: it is not used, and warned of where it is another
    config["init_r"] = s.init_r;
    config["target_r"] = s.target_r;
    config["tinit"] = s.tinit;
    config["tfinal"] = s.tfinal;
    config["deltaT"] = s.deltaT;
    config["beta1"] = s.beta1;
    config["beta2"] = s.beta2;
    config["orth_reg_weight"] = s.orth_reg_weight;
    config["total_step"] = s.total_step;
    Json pattern = Json::object();
    for (const AdaLoraTarget& target : result.targets)
        pattern[target.path + ".lora_E"] = flags_of(target.left);
    config["rank_pattern"] = pattern;
    return config;
}

/// The tensors of one target, by suffixes' order.
using Parts = std::map<std::string_view, at::Tensor>;

TargetUpdate make_update(const std::string& file, const std::string& path, Parts& parts,
    const PeftConfig& config, std::int64_t init_r) {
    for (const std::string_view suffix : suffixes)
        if (!parts.contains(suffix))
            fail(file + ": " + shown(path), "no " + std::string(suffix.substr(1)), "A, E and B of a target");
    const at::Tensor &A = parts[".lora_A"], &E = parts[".lora_E"], &B = parts[".lora_B"];
    if (A.dim() != 2 || E.dim() != 2 || B.dim() != 2 || E.size(1) != 1 || A.size(0) != E.size(0)
        || A.size(0) != B.size(1))
        fail(file + ": " + shown(path), "A, E and B that do not fit each other", "[r, in], [r, 1], [out, r]");
    const double scale = config.lora_alpha / (static_cast<double>(init_r) + adalora_margin);
    LowRank update{.A = (A * E).contiguous(), .B = B, .scale = scale, .dropout = config.lora_dropout};
    return {path, scale * static_cast<double>(update.rank()), std::move(update)};
}

} // namespace

void write_adalora(StagedFolder& staged, const AdaLoraResult& result, const Adapter& adapter,
    const ModelSummary& base_model) {
    std::vector<NamedTensor> tensors;
    for (const auto& [path, A, E, B, left] : result.targets) {
        const at::Tensor rows = left.nonzero().flatten();
        const std::string name = std::string(adalora_prefix) + path;
        tensors.push_back({name + ".lora_A", A.index_select(0, rows)});
        tensors.push_back({name + ".lora_E", E.index_select(0, rows)});
        tensors.push_back({name + ".lora_B", B.index_select(1, rows)});
    }
    write_peft_tensors(staged, std::move(tensors), adapter.head);
    staged.write("adapter_config.json", config_of(result, adapter, base_model).dump(2) + "\n");
}

std::vector<TargetUpdate> read_adalora(const Json& json, const std::string& config_path,
    const std::string& tensors_path, const at::Device& device, std::vector<std::string>& others) {
    const PeftConfig config = peft_config_of(json, config_path);
    const std::int64_t init_r = JsonFields(json, config_path).integer_or("init_r", 12, 1, 65536);
    if (config.lora_alpha <= 0)
        fail(config_path + ": lora_alpha", std::to_string(config.lora_alpha), "a number above 0");
    const SafetensorsFile file(tensors_path);
    std::map<std::string, Parts> found;
    for (const TensorView& view : file.tensors()) {
        const std::string_view name = view.name;
        const auto suffix = std::find_if(std::begin(suffixes), std::end(suffixes),
            [&](std::string_view each) { return name.starts_with(adalora_prefix) && name.ends_with(each); });
        if (suffix == std::end(suffixes)) {
            others.emplace_back(name);
            continue;
        }
        const std::string path(
            name.substr(adalora_prefix.size(), name.size() - adalora_prefix.size() - suffix->size()));
        found[path][*suffix] = finite_values(view, tensors_path, device);
    }
    std::vector<TargetUpdate> targets;
    for (auto& [path, parts] : found) {
        TargetUpdate target = make_update(tensors_path, path, parts, config, init_r);
        if (target.update.rank() > 0) targets.push_back(std::move(target));
    }
    if (targets.empty()) fail(tensors_path, "no update", "lora_A, lora_E and lora_B of a target");
    return targets;
}

} // namespace lora
