#include "engine/measures/spectrum_values.h"

#include "engine/error.h"
#include "engine/measures/measures.h"

#include <cmath>
#include <limits>

namespace lora {

namespace {

/// Smallest k whose first k energies hold `share` of their sum.
std::int64_t rank_at(double share, const std::vector<double>& energies, double sum) {
    // Without the margin, rounding in the sum would ask for one more value where the share is met exactly.
    const double enough = share * sum * (1 - 1e-12);
    double held = 0;
    std::int64_t rank = 0;
    while (held < enough && static_cast<std::size_t>(rank) < energies.size())
        held += energies[static_cast<std::size_t>(rank++)];
    return rank;
}

double entropy(const std::vector<double>& values, double sum) {
    double nats = 0;
    for (const double value : values)
        if (value > 0) nats -= value / sum * std::log(value / sum);
    return nats;
}

Json written(const Measure& measure, double value) {
    if (measure.scale != Measure::Scale::Count) return value;
    return static_cast<std::int64_t>(value);
}

std::vector<double> read_singular_values(const Json& json, const std::string& where) {
    std::vector<double> values;
    for (const Json& entry : json) {
        const double value = entry.is_number() ? entry.get<double>() : -1;
        if (!std::isfinite(value) || value < 0 || (!values.empty() && value > values.back()))
            fail(where + ": singular_values", shown(entry.dump()),
                "finite numbers from large to small, none below 0");
        values.push_back(value);
    }
    return values;
}

} // namespace

RankMeasures rank_measures(const std::vector<double>& singular_values) {
    RankMeasures measures;
    if (singular_values.empty() || !(singular_values.front() > 0)) return measures;

    // Relative to σ₁, so that squares and fourth powers of tiny values do not vanish.
    const double largest = singular_values.front();
    std::vector<double> values, energies;
    double sum = 0, energy = 0, squared_energy = 0;
    for (const double singular_value : singular_values) {
        const double value = singular_value / largest;
        values.push_back(value);
        energies.push_back(value * value);
        sum += value;
        energy += value * value;
        squared_energy += value * value * value * value;
    }
    measures.frobenius = largest * std::sqrt(energy);
    measures.effective_rank = std::exp(entropy(values, sum));
    measures.stable_rank = energy;
    measures.participation_ratio = energy * energy / squared_energy;
    measures.rank_90 = rank_at(0.90, energies, energy);
    measures.rank_99 = rank_at(0.99, energies, energy);
    return measures;
}

std::optional<std::int64_t> rank_for_energy(const std::vector<double>& singular_values, double share) {
    if (singular_values.empty() || !(singular_values.front() > 0)) return std::nullopt;
    std::vector<double> energies;
    double sum = 0;
    for (const double value : singular_values) {
        energies.push_back(value / singular_values.front() * (value / singular_values.front()));
        sum += energies.back();
    }
    return rank_at(share, energies, sum);
}

Json to_json(const Spectrum& spectrum) {
    Json json;
    json["path"] = spectrum.path;
    json["singular_values"] = spectrum.singular_values;
    for (const Measure& measure : measures()) {
        const auto value = measure.value(spectrum);
        if (value || !measure.known_later) json[measure.key] = value ? written(measure, *value) : nullptr;
    }
    return json;
}

Spectrum spectrum(const Json& json, const std::string& where) {
    const JsonFields fields(json, where);
    Spectrum spectrum;
    spectrum.path = fields.string("path");
    const Json* values = fields.find("singular_values");
    if (values == nullptr || !values->is_array())
        fail(where, values ? shown(values->dump()) : "no singular_values",
            "singular_values, a list of numbers");
    spectrum.singular_values = read_singular_values(*values, where);
    spectrum.measures = rank_measures(spectrum.singular_values);
    if (fields.find("relative_norm") != nullptr)
        spectrum.measures.relative_norm = fields.number("relative_norm");
    if (fields.has("rank"))
        spectrum.measures.rank = fields.integer("rank", 0, std::numeric_limits<std::int32_t>::max());
    return spectrum;
}

} // namespace lora
