#include "engine/models/rotary.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/ATen.h>

namespace lora {

namespace {

double positive(const JsonFields& fields, const char* key, double otherwise) {
    const double found = fields.number_or(key, otherwise);
    if (!(found > 0)) fail(fields.where() + ": " + key, std::to_string(found), "a positive number");
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

void read_yarn(const JsonFields& scaling, const JsonFields& config, RotaryConfig& rotary) {
    for (const char* key : {"mscale", "mscale_all_dim"})
        if (scaling.has(key)) fail(scaling.where() + ": " + key, "a number", "none");
    rotary.beta_fast = positive(scaling, "beta_fast", 32);
    rotary.beta_slow = positive(scaling, "beta_slow", 1);
    rotary.truncate = scaling.boolean_or("truncate", true);
    rotary.original_max_position_embeddings =
        positive(scaling, "original_max_position_embeddings", config.number("max_position_embeddings"));
    const double usual = rotary.factor <= 1 ? 1 : 0.1 * std::log(rotary.factor) + 1;
    rotary.magnitude = positive(scaling, "attention_factor", usual);
}

} // namespace

RotaryConfig RotaryConfig::from_json(const JsonFields& config) { return from_json(config, {}, {}); }

RotaryConfig RotaryConfig::from_json(
    const JsonFields& config, const std::string& kind, const RotaryConfig& defaults) {
    RotaryConfig rotary = defaults;
    rotary.rope_theta = positive(config, "rope_theta", rotary.rope_theta);
    rotary.partial = positive(config, "partial_rotary_factor", rotary.partial);
    const char* key = config.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
    if (!config.has(key)) return rotary;
    const JsonFields all = config.object(key);
    if (!kind.empty() && !all.has(kind)) return rotary;
    const JsonFields scaling = kind.empty() ? all : all.object(kind);
    rotary.rope_theta = positive(scaling, "rope_theta", rotary.rope_theta);
    rotary.partial = positive(scaling, "partial_rotary_factor", rotary.partial);
    rotary.rope_type = scaling.string_or("rope_type", scaling.string_or("type", "default"));
    constexpr const char* known[] = {"default", "linear", "llama3", "yarn"};
    if (std::find(std::begin(known), std::end(known), rotary.rope_type) == std::end(known))
        fail(scaling.where(), "rope_type '" + shown(rotary.rope_type) + "'",
            "one of default, linear, llama3, yarn");
    if (rotary.rope_type == "default") return rotary;
    rotary.factor = scaling.number("factor");
    if (!(rotary.factor > 0))
        fail(scaling.where(), "factor " + std::to_string(rotary.factor), "a positive number");
    if (rotary.rope_type == "llama3") read_llama3(scaling, rotary);
    if (rotary.rope_type == "yarn") read_yarn(scaling, config, rotary);
    return rotary;
}

namespace {

// Long waves are slowed down by the factor, short ones kept, those between blended.
at::Tensor llama3_scaled(const at::Tensor& frequencies, const RotaryConfig& config) {
    const double context = config.original_max_position_embeddings;
    const at::Tensor wavelengths = 2 * std::numbers::pi / frequencies;
    const at::Tensor slowed = frequencies / config.factor;
    const at::Tensor blend =
        (context / wavelengths - config.low_freq_factor) / (config.high_freq_factor - config.low_freq_factor);
    const at::Tensor between = (1 - blend) * slowed + blend * frequencies;
    at::Tensor scaled = at::where(wavelengths > context / config.low_freq_factor, slowed, between);
    return at::where(wavelengths < context / config.high_freq_factor, frequencies, scaled);
}

// Waves that turn more than beta_fast times in the first context are kept, those of less than beta_slow turns
// slowed down, with a ramp over the pairs between.
at::Tensor yarn_scaled(const at::Tensor& frequencies, const RotaryConfig& config) {
    const auto pairs = static_cast<double>(frequencies.size(0));
    const auto pair_of = [&](double turns) {
        const double wave = config.original_max_position_embeddings / (turns * 2 * std::numbers::pi);
        return pairs * std::log(wave) / std::log(config.rope_theta);
    };
    double low = pair_of(config.beta_fast), high = pair_of(config.beta_slow);
    if (config.truncate) {
        low = std::floor(low);
        high = std::ceil(high);
    }
    low = std::max(low, 0.0);
    high = std::min(high, 2 * pairs - 1);
    if (low == high) high += 0.001;
    const at::Tensor slow =
        at::clamp((at::arange(frequencies.size(0), at::kFloat) - low) / (high - low), 0, 1);
    return frequencies / config.factor * slow + frequencies * (1 - slow);
}

} // namespace

Rotary::Rotary(const RotaryConfig& config, std::int64_t head_size, const at::Tensor& factors,
    const at::Device& device, RotaryPairs pairs)
    : pairs_(pairs), magnitude_(config.magnitude) {
    const auto turned = static_cast<std::int64_t>(static_cast<double>(head_size) * config.partial);
    const at::Tensor exponents = at::arange(0, turned, 2, at::kFloat) / static_cast<double>(turned);
    at::Tensor frequencies = 1.0 / at::pow(config.rope_theta, exponents);
    if (config.rope_type == "linear") frequencies = frequencies / config.factor;
    if (config.rope_type == "llama3") frequencies = llama3_scaled(frequencies, config);
    if (config.rope_type == "yarn") frequencies = yarn_scaled(frequencies, config);
    inverse_frequencies_ = frequencies.to(device);
    if (factors.defined()) inverse_frequencies_ = inverse_frequencies_ / factors.to(device, at::kFloat);
}

RotaryTables Rotary::tables(const at::Tensor& positions, at::ScalarType type) const {
    const RotaryTables half = half_tables(positions);
    const auto both = [&](const at::Tensor& values) { // [N, pairs] → [N, 1, 2 · pairs]
        const at::Tensor twice =
            pairs_ == RotaryPairs::Halves ? at::cat({values, values}, 1) : values.repeat_interleave(2, 1);
        return twice.unsqueeze(1).to(type);
    };
    return {both(half.cos), both(half.sin)};
}

RotaryTables Rotary::half_tables(const at::Tensor& positions) const {
    const at::Tensor angles = at::outer(positions.to(at::kFloat), inverse_frequencies_);
    if (magnitude_ == 1) return {angles.cos(), angles.sin()};
    return {angles.cos() * magnitude_, angles.sin() * magnitude_};
}

at::Tensor Rotary::rotate(const at::Tensor& x, const RotaryTables& tables) const {
    const std::int64_t turned = tables.cos.size(2), rest = x.size(2) - turned;
    const at::Tensor in = rest > 0 ? x.narrow(2, 0, turned) : x;
    at::Tensor across;
    if (pairs_ == RotaryPairs::Halves) {
        const auto halves = in.chunk(2, -1);
        across = at::cat({-halves[1], halves[0]}, -1);
    } else {
        const at::Tensor two = in.unflatten(-1, {turned / 2, 2});
        across = at::stack({-two.select(-1, 1), two.select(-1, 0)}, -1).flatten(-2);
    }
    const at::Tensor out = in * tables.cos + across * tables.sin;
    return rest > 0 ? at::cat({out, x.narrow(2, turned, rest)}, -1) : out;
}

} // namespace lora
