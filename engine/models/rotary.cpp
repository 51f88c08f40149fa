#include "engine/models/rotary.h"

#include "engine/error.h"

#include <cmath>
#include <numbers>

#include <ATen/ATen.h>

namespace lora {

RotaryConfig RotaryConfig::from_json(const JsonFields& config) {
    RotaryConfig rotary;
    rotary.rope_theta = config.number_or("rope_theta", rotary.rope_theta);
    const char* key = config.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
    if (config.has(key)) rotary.rope_theta = config.object(key).number_or("rope_theta", rotary.rope_theta);
    if (!(rotary.rope_theta > 0))
        fail(config.where() + ": rope_theta", std::to_string(rotary.rope_theta), "a positive number");
    if (!config.has(key)) return rotary;
    const JsonFields scaling = config.object(key);
    rotary.rope_type = scaling.string_or("rope_type", scaling.string_or("type", rotary.rope_type));
    if (rotary.rope_type != "default" && rotary.rope_type != "linear" && rotary.rope_type != "llama3")
        fail(
            scaling.where(), "rope_type '" + shown(rotary.rope_type) + "'", "one of default, linear, llama3");
    if (rotary.rope_type == "default") return rotary;
    rotary.factor = scaling.number("factor");
    if (!(rotary.factor > 0))
        fail(scaling.where(), "factor " + std::to_string(rotary.factor), "a positive number");
    if (rotary.rope_type == "linear") return rotary;
    rotary.low_freq_factor = scaling.number("low_freq_factor");
    rotary.high_freq_factor = scaling.number("high_freq_factor");
    rotary.original_max_position_embeddings = scaling.number("original_max_position_embeddings");
    if (!(rotary.high_freq_factor > rotary.low_freq_factor) || !(rotary.low_freq_factor > 0))
        fail(scaling.where(),
            "low_freq_factor " + std::to_string(rotary.low_freq_factor) + " and high_freq_factor "
                + std::to_string(rotary.high_freq_factor),
            "0 < low_freq_factor < high_freq_factor");
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

} // namespace

Rotary::Rotary(
    const RotaryConfig& config, std::int64_t head_size, const at::Tensor& factors, const at::Device& device) {
    const at::Tensor exponents = at::arange(0, head_size, 2, at::kFloat) / static_cast<double>(head_size);
    at::Tensor frequencies = 1.0 / at::pow(config.rope_theta, exponents);
    if (config.rope_type == "linear") frequencies = frequencies / config.factor;
    if (config.rope_type == "llama3") frequencies = llama3_scaled(frequencies, config);
    inverse_frequencies_ = frequencies.to(device);
    if (factors.defined()) inverse_frequencies_ = inverse_frequencies_ / factors.to(device, at::kFloat);
}

RotaryTables Rotary::tables(const at::Tensor& positions, at::ScalarType type) const {
    const at::Tensor angles = at::outer(positions.to(at::kFloat), inverse_frequencies_); // [N, E/2]
    const at::Tensor both = at::cat({angles, angles}, 1).unsqueeze(1);                   // [N, 1, E]
    return {both.cos().to(type), both.sin().to(type)};
}

RotaryTables Rotary::half_tables(const at::Tensor& positions) const {
    const at::Tensor angles = at::outer(positions.to(at::kFloat), inverse_frequencies_);
    return {angles.cos(), angles.sin()};
}

at::Tensor rotate(const at::Tensor& x, const RotaryTables& tables) {
    const auto halves = x.chunk(2, -1);
    return x * tables.cos + at::cat({-halves[1], halves[0]}, -1) * tables.sin;
}

} // namespace lora
