#include "engine/models/rotary.h"

#include "engine/error.h"
#include "engine/models/traits.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/ATen.h>

namespace lora {

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

at::Tensor divided(const at::Tensor& frequencies, const std::vector<double>& factors, const char* name) {
    if (static_cast<std::int64_t>(factors.size()) != frequencies.size(0))
        fail(name, std::to_string(factors.size()) + " numbers",
            "one for each of the " + std::to_string(frequencies.size(0)) + " pairs of a head");
    const auto options = at::TensorOptions(at::kDouble);
    return frequencies / at::tensor(at::ArrayRef<double>(factors), options).to(at::kFloat);
}

// Of each row the tokens of its sample, cached ones too, [N, 1]. By device tensors alone, so that a recorded
// step follows its batch.
at::Tensor sample_lengths(const PackedTokens& tokens, std::int64_t before) {
    const at::Tensor ends = tokens.starts.narrow(0, 1, tokens.starts.size(0) - 1);
    const at::Tensor lengths = ends - tokens.starts.narrow(0, 0, ends.size(0)) + before;
    const at::Tensor rows = at::arange(tokens.ids.size(0), ends.options());
    const at::Tensor samples = at::bucketize(rows, ends, /*out_int32=*/false, /*right=*/true);
    return lengths.index_select(0, samples).unsqueeze(1);
}

// Whole heads turn, by angles of which only the first are other than zero.
at::Tensor proportional(const at::Tensor& frequencies, const RotaryConfig& config) {
    const auto pairs = static_cast<double>(frequencies.size(0));
    const at::Tensor places = at::arange(frequencies.size(0), at::kDouble);
    return (frequencies / config.factor).masked_fill(places.ge(std::floor(config.partial * pairs)), 0);
}

} // namespace

Rotary::Rotary(const RotaryConfig& config, std::int64_t head_size, const at::Tensor& factors,
    const at::Device& device, RotaryPairs pairs)
    : config_(config), pairs_(pairs) {
    const bool whole = config.rope_type == "proportional";
    const auto turned =
        whole ? head_size : static_cast<std::int64_t>(static_cast<double>(head_size) * config.partial);
    const at::Tensor exponents = at::arange(0, turned, 2, at::kFloat) / static_cast<double>(turned);
    at::Tensor frequencies = 1.0 / at::pow(config.rope_theta, exponents);
    if (config.rope_type == "linear") frequencies = frequencies / config.factor;
    if (whole) frequencies = proportional(frequencies, config);
    if (config.rope_type == "llama3") frequencies = llama3_scaled(frequencies, config);
    if (config.rope_type == "yarn") frequencies = yarn_scaled(frequencies, config);
    if (config.rope_type == "longrope") {
        long_frequencies_ = divided(frequencies, config.long_factor, "long_factor").to(device);
        frequencies = divided(frequencies, config.short_factor, "short_factor");
    }
    exponents_ = exponents.to(device);
    inverse_frequencies_ = frequencies.to(device);
    is_divided_ = factors.defined();
    if (factors.defined()) inverse_frequencies_ = inverse_frequencies_ / factors.to(device, at::kFloat);
}

// Each sample's by its own length, whatever else is in the batch.
at::Tensor Rotary::frequencies_by_length(const PackedTokens& tokens, std::int64_t before) const {
    const double original = config_.original_max_position_embeddings;
    const at::Tensor lengths = sample_lengths(tokens, before);
    if (long_frequencies_.defined())
        return at::where(lengths > original, long_frequencies_, inverse_frequencies_);
    const auto turned = static_cast<double>(2 * exponents_.size(0));
    const at::Tensor growth =
        lengths.to(at::kFloat).clamp_min(original) * (config_.factor / original) - (config_.factor - 1);
    const at::Tensor theta = config_.rope_theta * at::pow(growth, turned / (turned - 2));
    return 1.0 / at::pow(theta, exponents_);
}

RotaryTables Rotary::tables(const PackedTokens& tokens, std::int64_t before, at::ScalarType type) const {
    const RotaryTables half = half_tables(tokens, before);
    const auto both = [&](const at::Tensor& values) { // [N, pairs] → [N, 1, 2 · pairs]
        const at::Tensor twice =
            pairs_ == RotaryPairs::Halves ? at::cat({values, values}, 1) : values.repeat_interleave(2, 1);
        return twice.unsqueeze(1).to(type);
    };
    return {both(half.cos), both(half.sin), half.growth};
}

at::Tensor Rotary::query_growth(const PackedTokens& tokens, std::int64_t before) const {
    const double original = config_.original_max_position_embeddings;
    if (config_.query_growth == 0 || static_cast<double>(before + tokens.longest) <= original) return {};
    const at::Tensor lengths = at::floor(tokens.positions.to(at::kFloat) / original);
    return (config_.query_growth * at::log1p(lengths) + 1).unsqueeze(1);
}

RotaryTables Rotary::half_tables(const PackedTokens& tokens, std::int64_t before) const {
    const bool by_length = long_frequencies_.defined() || config_.rope_type == "dynamic";
    const at::Tensor angles = tokens.positions.to(at::kFloat).unsqueeze(1)
                              * (by_length ? frequencies_by_length(tokens, before) : inverse_frequencies_);
    const at::Tensor growth = query_growth(tokens, before);
    if (config_.magnitude == 1) return {angles.cos(), angles.sin(), growth};
    return {angles.cos() * config_.magnitude, angles.sin() * config_.magnitude, growth};
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

std::string Rotary::trait() const {
    const bool divided = is_divided_ || config_.rope_type == "llama3";
    std::string text = (divided ? "divided frequencies" : config_.rope_type) + ", theta "
                       + trait_text(config_.rope_theta) + ", turning " + trait_text(config_.partial)
                       + " of each head" + (pairs_ == RotaryPairs::Halves ? " in halves" : " in neighbours");
    const bool grows = config_.rope_type != "default" && config_.rope_type != "llama3";
    if (grows)
        text += ", factor " + trait_text(config_.factor) + ", magnitude " + trait_text(config_.magnitude);
    if (config_.rope_type == "yarn")
        text += ", between " + trait_text(config_.beta_slow) + " and " + trait_text(config_.beta_fast)
                + (config_.truncate ? " turns" : " turns, not cut to whole pairs");
    if (config_.rope_type == "longrope")
        text += ", by " + trait_text(config_.short_factor) + " or " + trait_text(config_.long_factor);
    if (config_.query_growth != 0) text += ", queries grow by " + trait_text(config_.query_growth);
    const bool by_place = config_.rope_type != "linear" && config_.rope_type != "proportional";
    if (config_.query_growth != 0 || (grows && by_place))
        text += ", from " + trait_text(config_.original_max_position_embeddings) + " positions on";
    return text;
}

} // namespace lora
