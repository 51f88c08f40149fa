#pragma once
// adapter_config.json: the fields of PEFT's LoraConfig that LoRA and DoRA need, and the refusal of those that
// are not built.

#include "engine/files/json.h"
#include "engine/text/pattern.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lora {

/// Values of linears by regular expressions, each compiled once. Of a path the first counts that is its end,
/// of whole names.
template <class Value>
using PathPattern = std::vector<std::pair<Pattern, Value>>;
/// The expression of a key of PEFT's rank_pattern. Throws Error, beginning with `where`, if it is none.
Pattern path_end(const std::string& key, const std::string& where);

struct PeftConfig {
    std::int64_t r = 8;
    double lora_alpha = 8;
    double lora_dropout = 0;
    bool use_rslora = false;
    bool use_dora = false;
    PathPattern<std::int64_t> rank_pattern; ///< in the file's order
    PathPattern<double> alpha_pattern;
    std::vector<std::string> target_parameters;
    std::string base_model_name_or_path;

    /// Of a linear by its path. The patterns go by the parameter's name where target_parameters has it.
    std::int64_t rank_of(const std::string& path) const;
    double alpha_of(const std::string& path) const;
    /// Whether target_parameters names it, the whole name or its end.
    bool targets_parameter(const std::string& name) const;
};

/// Throws Error for trained biases, for modules_to_save that are no classifier's head, and for every field
/// that says something and is not among `understood`.
void refuse_fields_not_built(
    const Json& json, const JsonFields& fields, std::span<const std::string_view> understood);

/// Throws Error naming the field that is missing, out of range or not built here.
PeftConfig read_peft_config(const std::string& path);
/// The same of what was read from that path.
PeftConfig peft_config_of(const Json& json, const std::string& path);

} // namespace lora
