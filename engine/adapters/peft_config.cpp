#include "engine/adapters/peft_config.h"

#include "engine/checkpoints/experts.h"
#include "engine/error.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace lora {

namespace {

// Fields that do not change what the tensors mean, or that are read below. PEFT itself mends fan_in_fan_out
// where it does not tell of the model's linears what they are.
constexpr std::array<std::string_view, 41> understood{"init_r", "target_r", "tinit", "tfinal", "deltaT",
    "beta1", "beta2", "orth_reg_weight", "total_step", // AdaLoRA's, of which the tensors' shapes say enough
    "peft_type", "task_type", "auto_mapping", "peft_version", "base_model_name_or_path", "revision",
    "inference_mode", "runtime_config", "r", "lora_alpha", "lora_dropout", "use_rslora", "use_dora",
    "rank_pattern", "alpha_pattern", "target_modules", "exclude_modules", "layers_to_transform",
    "layers_pattern", "init_lora_weights", "bias", "loftq_config", "eva_config", "corda_config",
    "lora_ga_config", "megatron_core", "qalora_group_size", "ensure_weight_tying", "modules_to_save",
    "fan_in_fan_out", "target_parameters", "trainable_token_indices"};

constexpr std::size_t most_keys = 10'000;

bool says_nothing(const Json& value) {
    return value.is_null() || (value.is_boolean() && !value.get<bool>())
           || ((value.is_array() || value.is_object() || value.is_string()) && value.empty());
}

void refuse_what_is_not_built(const Json& json, const JsonFields& fields) {
    const std::string& where = fields.where();
    const std::string type = fields.string("peft_type");
    if (type != "LORA" && type != "ADALORA")
        fail(where + ": peft_type", "'" + shown(type) + "'", "LORA, ADALORA or VERA",
            "this method is not built here");
    refuse_fields_not_built(json, fields, understood);
    if (const Json* init = fields.find("init_lora_weights"); init != nullptr && init->is_string()) {
        const std::string name = init->get<std::string>();
        if (name != "gaussian" && name != "eva" && name != "orthogonal")
            fail(where + ": init_lora_weights", "'" + shown(name) + "'",
                "true, false, gaussian, eva or orthogonal",
                "this start changes the base weights; let PEFT convert the adapter to a plain LoRA first");
    }
}

template <typename Value>
PathPattern<Value> read_pattern(const JsonFields& fields, const char* key) {
    PathPattern<Value> pattern;
    const Json* object = fields.find(key);
    if (object == nullptr) return pattern;
    const JsonFields values(*object, fields.where() + ": " + key);
    if (object->size() > most_keys) // each is tried on each linear
        fail(values.where(), std::to_string(object->size()) + " names",
            "at most " + std::to_string(most_keys));
    for (const auto& item : object->items()) {
        Pattern end = path_end(item.key(), values.where() + ": " + shown(item.key()));
        if constexpr (std::is_integral_v<Value>)
            pattern.emplace_back(std::move(end), values.integer(item.key(), 1, 65536));
        else
            pattern.emplace_back(std::move(end), values.number(item.key()));
    }
    return pattern;
}

template <typename Value>
Value by_pattern(const PathPattern<Value>& pattern, const std::string& path, Value otherwise) {
    for (const auto& [end, value] : pattern)
        if (!end.matches(path).empty()) return value;
    return otherwise;
}

// A router's linear may be named as a module too, by earlier versions of transformers.
std::string pattern_path(const std::string& path, const PeftConfig& config) {
    const std::string parameter = peft_parameter(path);
    return config.targets_parameter(parameter) ? parameter : path;
}

} // namespace

Pattern path_end(const std::string& key, const std::string& where) {
    return Pattern("^(?:.*\\.)?(?:" + key + ")$", where);
}

std::int64_t PeftConfig::rank_of(const std::string& path) const {
    return by_pattern(rank_pattern, pattern_path(path, *this), r);
}

double PeftConfig::alpha_of(const std::string& path) const {
    return by_pattern(alpha_pattern, pattern_path(path, *this), lora_alpha);
}

bool PeftConfig::targets_parameter(const std::string& name) const {
    return std::any_of(target_parameters.begin(), target_parameters.end(), [&](const std::string& target) {
        return name == target || (name.size() > target.size() && name.ends_with("." + target));
    });
}

void refuse_fields_not_built(
    const Json& json, const JsonFields& fields, std::span<const std::string_view> known) {
    const std::string& where = fields.where();
    if (const std::string bias = fields.string_or("bias", "none"); bias != "none")
        fail(where + ": bias", "'" + shown(bias) + "'", "none", "trained biases are not built here");
    // A classifier's may be any: what is no part of the model's head is refused where it is put on.
    const bool classifies = fields.string_or("task_type", "") == "SEQ_CLS";
    for (const std::string& module : fields.strings("modules_to_save"))
        if (!classifies && module != "classifier" && module != "score")
            fail(where + ": modules_to_save", "'" + shown(module) + "'", "none, or a classifier's head",
                "this is not built here");
    for (const auto& [key, value] : json.items())
        if (std::find(known.begin(), known.end(), key) == known.end() && !says_nothing(value))
            fail(where + ": " + shown(key), shown(value.dump()), "nothing", "this is not built here");
}

PeftConfig read_peft_config(const std::string& path) { return peft_config_of(read_json(path), path); }

PeftConfig peft_config_of(const Json& json, const std::string& path) {
    const JsonFields fields(json, path);
    refuse_what_is_not_built(json, fields);
    PeftConfig config;
    config.r = fields.integer_or("r", config.r, 1, 65536);
    config.lora_alpha = fields.number_or("lora_alpha", config.lora_alpha);
    config.lora_dropout = fields.number_or("lora_dropout", 0);
    if (config.lora_dropout < 0 || config.lora_dropout >= 1)
        fail(path + ": lora_dropout", std::to_string(config.lora_dropout), "a number in [0, 1)");
    config.use_rslora = fields.boolean_or("use_rslora", false);
    config.use_dora = fields.boolean_or("use_dora", false);
    if (fields.string("peft_type") == "LORA") // AdaLoRA's has lists of flags
        config.rank_pattern = read_pattern<std::int64_t>(fields, "rank_pattern");
    config.alpha_pattern = read_pattern<double>(fields, "alpha_pattern");
    config.target_parameters = fields.strings("target_parameters");
    config.base_model_name_or_path = fields.string_or("base_model_name_or_path", "");
    return config;
}

} // namespace lora
