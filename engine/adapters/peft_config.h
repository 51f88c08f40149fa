#pragma once
// adapter_config.json: the fields of PEFT's LoraConfig that a plain LoRA needs, and the refusal of those that
// are not built.

#include "engine/adapters/adapter.h"
#include "engine/files/json.h"
#include "engine/models/summary.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lora {

struct PeftConfig {
    std::int64_t r = 8;
    double lora_alpha = 8;
    double lora_dropout = 0;
    bool use_rslora = false;
    std::vector<std::pair<std::string, std::int64_t>>
        rank_pattern; ///< in the file's order; the first match counts
    std::vector<std::pair<std::string, double>> alpha_pattern;
    std::string base_model_name_or_path;

    std::int64_t rank_of(const std::string& path) const;
    double alpha_of(const std::string& path) const;
};

/// Throws Error naming the field that is missing, out of range or not built here.
PeftConfig read_peft_config(const std::string& path);

/// What PEFT would have saved for this adapter on this model.
Json peft_config_json(const Adapter& adapter, const ModelSummary& base_model);

} // namespace lora
