#include "engine/models/rotary_config.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>

namespace lora {

namespace {

double positive(const JsonFields& fields, const char* key, double otherwise) {
    const double found = fields.number_or(key, otherwise);
    if (!(found > 0)) fail(fields.where() + ": " + key, std::to_string(found), "a positive number");
    return found;
}

/// Of a head's values, those that turn.
double share(const JsonFields& fields, double otherwise) {
    constexpr const char* key = "partial_rotary_factor";
    const double found = positive(fields, key, otherwise);
    if (found > 1) fail(fields.where() + ": " + key, std::to_string(found), "at most 1");
    return found;
}

void read_llama3(const JsonFields& scaling, RotaryConfig& rotary) {
    rotary.low_freq_factor = scaling.number("low_freq_factor");
    rotary.high_freq_factor = scaling.number("high_freq_factor");
    rotary.original_max_position_embeddings = scaling.number("original_max_position_embeddings");
    if (!(rotary.high_freq_factor > rotary.low_freq_factor) || !(rotary.low_freq_factor > 0))
        fail(scaling.where(),
            "low_freq_factor " + std::to_string(rotary.low_freq_factor) + " and high_freq_factor "
                + std::to_string(rotary.high_freq_factor),
            "0 < low_freq_factor < high_freq_factor");
}

// Of the training that the scaling starts from. Some configurations have it outside the scaling's object.
double original_length(const JsonFields& scaling, const JsonFields& config) {
    constexpr const char* key = "original_max_position_embeddings";
    if (config.has(key)) return positive(config, key, 1);
    if (scaling.has(key)) return positive(scaling, key, 1);
    return config.number("max_position_embeddings");
}

void read_yarn(const JsonFields& scaling, const JsonFields& config, RotaryConfig& rotary) {
    rotary.beta_fast = positive(scaling, "beta_fast", 32);
    rotary.beta_slow = positive(scaling, "beta_slow", 1);
    rotary.truncate = scaling.boolean_or("truncate", true);
    rotary.original_max_position_embeddings = original_length(scaling, config);
    const auto usual = [&](double scale) {
        return rotary.factor <= 1 ? 1 : 0.1 * scale * std::log(rotary.factor) + 1;
    };
    const double scale = scaling.number_or("mscale", 0), of_all = scaling.number_or("mscale_all_dim", 0);
    const double magnitude = scale != 0 && of_all != 0 ? usual(scale) / usual(of_all) : usual(1);
    rotary.magnitude = positive(scaling, "attention_factor", magnitude);
}

std::vector<double> read_factors(const JsonFields& scaling, const char* key) {
    constexpr std::size_t most = 1 << 16;
    const Json* list = scaling.find(key);
    if (list == nullptr || !list->is_array() || list->empty() || list->size() > most)
        fail(scaling.where() + ": " + key, list == nullptr ? "none" : shown(list->dump(), 80),
            "a list of positive numbers");
    std::vector<double> factors;
    for (const Json& factor : *list) {
        if (!factor.is_number() || !(factor.get<double>() > 0))
            fail(scaling.where() + ": " + key, shown(factor.dump(), 80), "positive numbers");
        factors.push_back(factor.get<double>());
    }
    return factors;
}

void read_longrope(const JsonFields& scaling, const JsonFields& config, RotaryConfig& rotary) {
    rotary.short_factor = read_factors(scaling, "short_factor");
    rotary.long_factor = read_factors(scaling, "long_factor");
    const double original = original_length(scaling, config);
    rotary.original_max_position_embeddings = original;
    const double usual = rotary.factor <= 1 ? 1 : std::sqrt(1 + std::log(rotary.factor) / std::log(original));
    rotary.magnitude = positive(scaling, "attention_factor", usual);
}

// By the names that files have had for it.
std::string kind_of(const JsonFields& scaling) {
    const std::string kind = scaling.string_or("rope_type", scaling.string_or("type", "default"));
    const bool has_factors = scaling.has("short_factor") && scaling.has("long_factor");
    return kind == "su" || (kind == "yarn" && has_factors) ? "longrope" : kind;
}

// Where the file does not tell it, the share by which the context has grown.
double factor_of(const JsonFields& scaling, const JsonFields& config, const std::string& kind) {
    if (!scaling.has("factor") && kind == "proportional") return 1;
    if (!scaling.has("factor") && (kind == "yarn" || kind == "longrope"))
        return config.number("max_position_embeddings") / original_length(scaling, config);
    const double factor = scaling.number("factor");
    if (!(factor > 0)) fail(scaling.where(), "factor " + std::to_string(factor), "a positive number");
    return factor;
}

} // namespace

RotaryConfig RotaryConfig::from_json(const JsonFields& config) { return from_json(config, {}, {}); }

RotaryConfig RotaryConfig::from_json(
    const JsonFields& config, const std::string& kind, const RotaryConfig& defaults) {
    RotaryConfig rotary = defaults;
    rotary.rope_theta = positive(config, "rope_theta", rotary.rope_theta);
    rotary.partial = share(config, rotary.partial);
    const char* key = config.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
    if (!config.has(key)) return rotary;
    const JsonFields all = config.object(key);
    if (!kind.empty() && !all.has(kind)) return rotary;
    const JsonFields scaling = kind.empty() ? all : all.object(kind);
    rotary.rope_theta = positive(scaling, "rope_theta", rotary.rope_theta);
    rotary.partial = share(scaling, rotary.partial);
    rotary.rope_type = kind_of(scaling);
    constexpr const char* known[] = {
        "default", "linear", "dynamic", "llama3", "yarn", "longrope", "proportional"};
    if (std::find(std::begin(known), std::end(known), rotary.rope_type) == std::end(known))
        fail(scaling.where(), "rope_type '" + shown(rotary.rope_type) + "'",
            "one of default, linear, dynamic, llama3, yarn, longrope, proportional");
    if (scaling.has("llama_4_scaling_beta")) {
        rotary.query_growth = scaling.number("llama_4_scaling_beta");
        rotary.original_max_position_embeddings = original_length(scaling, config);
    }
    if (rotary.rope_type == "default") return rotary;
    rotary.factor = factor_of(scaling, config, rotary.rope_type);
    if (rotary.rope_type == "dynamic")
        rotary.original_max_position_embeddings = positive(config, "max_position_embeddings", 2048);
    if (rotary.rope_type == "llama3") read_llama3(scaling, rotary);
    if (rotary.rope_type == "yarn") read_yarn(scaling, config, rotary);
    if (rotary.rope_type == "longrope") read_longrope(scaling, config, rotary);
    return rotary;
}

} // namespace lora
