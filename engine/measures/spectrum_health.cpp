#include "engine/measures/spectrum_health.h"

#include "engine/measures/number_words.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

namespace lora {

namespace {

// Adam moves every entry of B by about the learning rate in the first step already.
constexpr std::int64_t zero_after_steps = 3;
constexpr std::int64_t young_steps = 30; // before it nothing is said of a shape
constexpr std::size_t least_rank = 8;    // below it one direction is no waste, and a full rank no news
constexpr double one_direction = 1.2;    // stable rank: 5/6 of the energy in one direction
constexpr double full_share = 0.9;       // effective rank in shares of the rank
constexpr double most_targets = 0.8;     // single ones learn little and stay with one direction
constexpr double next_to_nothing = 1e-6; // ‖ΔW‖ / ‖W₀‖

std::string counted(std::size_t count, std::size_t of) {
    const std::string all = std::to_string(of) + (of == 1 ? " target" : " targets");
    return count == of ? (of == 1 ? "The target" : "All " + all) : std::to_string(count) + " of " + all;
}

bool is_zero(const Spectrum& spectrum) { return !(spectrum.measures.frobenius > 0); }

std::vector<std::string> paths_where(
    const SpectraOfStep& measured, const std::function<bool(const Spectrum&)>& wanted) {
    std::vector<std::string> paths;
    for (const auto& spectrum : measured.spectra)
        if (wanted(spectrum)) paths.push_back(spectrum.path);
    return paths;
}

} // namespace

std::optional<Alarm> still_zero(const SpectraOfStep& measured) {
    if (measured.step < zero_after_steps) return std::nullopt;
    auto paths = paths_where(measured, is_zero);
    if (paths.empty()) return std::nullopt;
    const std::size_t all = measured.spectra.size();
    const std::string sentence = counted(paths.size(), all) + (paths.size() == 1 ? " has" : " have")
                                 + " not moved: B is still zero after " + std::to_string(measured.step)
                                 + " steps.";
    const std::string advice =
        paths.size() == all ? "No gradient arrives, or the learning rate is 0: raise the learning rate, "
                              "look at the warm-up and at what the samples teach."
                            : "These linears get no gradient from this data: leave them out of the targets.";
    return Alarm{AlarmKind::StillZero, std::move(paths), measured.step, sentence, advice};
}

std::optional<Alarm> hardly_moved(const SpectraOfStep& measured) {
    if (measured.step < young_steps) return std::nullopt;
    double largest_share = 0;
    for (const Spectrum& spectrum : measured.spectra) {
        if (!spectrum.measures.relative_norm || *spectrum.measures.relative_norm >= next_to_nothing)
            return std::nullopt;
        largest_share = std::max(largest_share, *spectrum.measures.relative_norm);
    }
    if (!(largest_share > 0)) return std::nullopt; // still_zero says it
    return Alarm{AlarmKind::LearnsNothing, {}, measured.step,
        "Nothing is learned: after " + std::to_string(measured.step) + " steps no update is above "
            + number_words("%.1g", largest_share) + " of its weight's size.",
        "Raise the learning rate tenfold or more, and look at the warm-up."};
}

std::optional<Alarm> uses_one_direction(const SpectraOfStep& measured) {
    if (measured.step < young_steps) return std::nullopt;
    auto paths = paths_where(measured, [](const Spectrum& spectrum) {
        return spectrum.singular_values.size() >= least_rank && spectrum.measures.stable_rank
               && *spectrum.measures.stable_rank <= one_direction;
    });
    if (paths.empty()) return std::nullopt;
    std::size_t rank = 0;
    for (const auto& spectrum : measured.spectra) rank = std::max(rank, spectrum.singular_values.size());
    const std::string sentence = counted(paths.size(), measured.spectra.size())
                                 + (paths.size() == 1 ? " uses" : " use") + " about one direction of "
                                 + std::to_string(rank) + ".";
    return Alarm{AlarmKind::OneDirection, std::move(paths), measured.step, sentence,
        "The rank is not needed there: give these targets a lower rank in the next run, or truncate the "
        "adapter; "
        "where it is all targets, a lower learning rate or a larger scale for the rank (rsLoRA) can wake the "
        "others."};
}

std::optional<Alarm> starved(const SpectraOfStep& measured) {
    if (measured.step < young_steps || measured.spectra.empty()) return std::nullopt;
    const auto full = paths_where(measured, [](const Spectrum& spectrum) {
        const auto rank = static_cast<double>(spectrum.singular_values.size());
        return rank >= 2 && spectrum.measures.effective_rank
               && *spectrum.measures.effective_rank >= full_share * rank;
    });
    const std::size_t all = measured.spectra.size();
    if (static_cast<double>(full.size()) < most_targets * static_cast<double>(all)) return std::nullopt;
    return Alarm{AlarmKind::Starved, {}, measured.step,
        counted(full.size(), all) + (full.size() == 1 ? " fills its" : " fill their")
            + " whole rank evenly: no singular value falls off.",
        "The update may want more rank than it has: try twice the rank, and keep it only if the evaluation "
        "loss "
        "falls."};
}

std::optional<Alarm> beyond_weights(const SpectraOfStep& measured) {
    double worst = 0;
    auto paths = paths_where(measured, [&](const Spectrum& spectrum) {
        const double share = spectrum.measures.relative_norm.value_or(0);
        worst = std::max(worst, share);
        return share > 1;
    });
    if (paths.empty()) return std::nullopt;
    const std::string sentence =
        "The update is larger than the weight it changes in " + std::to_string(paths.size()) + " of "
        + std::to_string(measured.spectra.size()) + (measured.spectra.size() == 1 ? " target" : " targets")
        + ", up to " + number_words("%.3g", worst) + " times.";
    return Alarm{AlarmKind::BeyondWeights, std::move(paths), measured.step, sentence,
        "Little of what the model knew is left there: stop, and start again with a lower learning rate or a "
        "smaller scale."};
}

} // namespace lora
