#pragma once
// AdaLoRA in PEFT's folder: the tensors lora_A, lora_E and lora_B of the directions that are left, and which
// those are of the ones that training began with. Read, it is a plain adapter: E goes into A. Source:
// huggingface/peft, tuners/adalora: config.py, layer.py and model.py.

#include "engine/adapters/adapter.h"
#include "engine/checkpoints/summary.h"
#include "engine/files/json.h"
#include "engine/files/store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// PEFT's scale is α / (init_r + this), whatever rank is left.
inline constexpr double adalora_margin = 1e-5;

/// The fields of PEFT's AdaLoraConfig.
struct AdaLoraFields {
    std::int64_t init_r = 12;
    std::int64_t target_r = 8;
    std::int64_t tinit = 0;
    std::int64_t tfinal = 0;
    std::int64_t deltaT = 1;
    double beta1 = 0.85;
    double beta2 = 0.85;
    double orth_reg_weight = 0.5;
    std::int64_t total_step = 0;
};

struct AdaLoraTarget {
    std::string path;
    at::Tensor A;    ///< [init_r, in]
    at::Tensor E;    ///< [init_r, 1]
    at::Tensor B;    ///< [out, init_r]
    at::Tensor left; ///< bool [init_r]
};

struct AdaLoraResult {
    AdaLoraFields settings;
    std::vector<AdaLoraTarget> targets;
};

/// `adapter` tells α, dropout and a classifier's head. Throws DiskFull or Error.
void write_adalora(StagedFolder& staged, const AdaLoraResult& result, const Adapter& adapter,
    const ModelSummary& base_model);

/// The updates of an ADALORA folder with this configuration, float32 on `device`, without those of which
/// nothing is left. The names of tensors that are no part of them go into `others`. Throws Error for any
/// fault of the files.
std::vector<TargetUpdate> read_adalora(const Json& json, const std::string& config_path,
    const std::string& tensors_path, const at::Device& device, std::vector<std::string>& others);

} // namespace lora
