#include "engine/measures/spectrum_health.h"

#include "engine/measures/number_words.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <utility>

namespace lora {

namespace {

// Adam moves every entry of B by about the learning rate in the first step already.
constexpr std::int64_t zero_after_steps = 3;
// Early on σ₁ grows by whole factors with every step, from nothing.
constexpr std::int64_t young_steps = 30;
constexpr double jump_factor = 4;
constexpr std::size_t least_rank = 8;    // below it one direction is no waste, and a full rank no news
constexpr double one_direction = 1.2;    // stable rank: 5/6 of the energy in one direction
constexpr double full_share = 0.9;       // effective rank in shares of the rank
constexpr double least_growth = 1.25;    // of ‖ΔW‖ over the window that is looked at
constexpr double least_fall = 0.005;     // of the loss, relative, over the same window
constexpr std::size_t window_steps = 40; // losses in each of the two means that are compared

std::string counted(std::size_t count, std::size_t of) {
    const std::string all = std::to_string(of) + (of == 1 ? " target" : " targets");
    return count == of ? (of == 1 ? "The target" : "All " + all) : std::to_string(count) + " of " + all;
}

bool is_zero(const Spectrum& spectrum) { return !(spectrum.measures.frobenius > 0); }

double largest(const Spectrum& spectrum) {
    return spectrum.singular_values.empty() ? 0 : spectrum.singular_values.front();
}

double norm_of(const SpectraOfStep& measured) {
    double energy = 0;
    for (const auto& spectrum : measured.spectra)
        energy += spectrum.measures.frobenius * spectrum.measures.frobenius;
    return std::sqrt(energy);
}

std::vector<std::string> paths_where(
    const SpectraOfStep& measured, const std::function<bool(const Spectrum&)>& wanted) {
    std::vector<std::string> paths;
    for (const auto& spectrum : measured.spectra)
        if (wanted(spectrum)) paths.push_back(spectrum.path);
    return paths;
}

// By how much a target's σ₁ grew where that is a jump; 0 otherwise.
double jump(const Spectrum& now, const std::map<std::string, double>& before) {
    const auto found = before.find(now.path);
    if (found == before.end() || !(found->second > 0)) return 0;
    const double factor = largest(now) / found->second;
    return factor >= jump_factor ? factor : 0;
}

double mean(std::vector<double>::const_iterator begin, std::vector<double>::const_iterator end) {
    return std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin);
}

// The measurement at which the window of losses that ends at `end` began, or the one before it.
const SpectraOfStep* measured_at(
    const std::vector<std::shared_ptr<const SpectraOfStep>>& spectra, std::int64_t step) {
    const SpectraOfStep* found = nullptr;
    for (const auto& measured : spectra)
        if (measured->step <= step) found = measured.get();
    return found;
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

std::optional<Alarm> jumped(const SpectraOfStep& before, const SpectraOfStep& now) {
    if (before.step < young_steps) return std::nullopt;
    std::map<std::string, double> sizes;
    for (const auto& spectrum : before.spectra) sizes[spectrum.path] = largest(spectrum);
    double worst = 0;
    auto paths = paths_where(now, [&](const Spectrum& spectrum) {
        const double factor = jump(spectrum, sizes);
        worst = std::max(worst, factor);
        return factor > 0;
    });
    if (paths.empty()) return std::nullopt;
    const std::string sentence = "The largest singular value jumped: up to " + number_words("%.0f", worst)
                                 + " times between steps " + std::to_string(before.step) + " and "
                                 + std::to_string(now.step) + ", in " + std::to_string(paths.size())
                                 + (paths.size() == 1 ? " target." : " targets.");
    return Alarm{AlarmKind::Jump, std::move(paths), now.step, sentence,
        "A batch pushed hard into one direction: lower the learning rate, clip the gradient, or look at the "
        "samples of these steps."};
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
    const bool full =
        std::all_of(measured.spectra.begin(), measured.spectra.end(), [](const Spectrum& spectrum) {
            const auto rank = static_cast<double>(spectrum.singular_values.size());
            return rank >= 2 && spectrum.measures.effective_rank
                   && *spectrum.measures.effective_rank >= full_share * rank;
        });
    if (!full) return std::nullopt;
    return Alarm{AlarmKind::Starved, {}, measured.step,
        "Every target fills its whole rank evenly: no singular value falls off.",
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

std::optional<Alarm> grows_for_nothing(const std::vector<std::int64_t>& steps,
    const std::vector<double>& all_losses, const std::vector<std::shared_ptr<const SpectraOfStep>>& spectra) {
    const SpectraOfStep& now = *spectra.back();
    const auto end = std::upper_bound(steps.begin(), steps.end(), now.step) - steps.begin();
    if (static_cast<std::size_t>(end) < 2 * window_steps) return std::nullopt;
    const auto stretch = static_cast<std::ptrdiff_t>(window_steps);
    const auto losses = all_losses.begin() + end;
    const double before = mean(losses - 2 * stretch, losses - stretch),
                 after = mean(losses - stretch, losses);
    const std::int64_t first_step = steps[static_cast<std::size_t>(end - 2 * stretch)];
    const SpectraOfStep* then = measured_at(spectra, first_step);
    if (then == nullptr || then->step < young_steps) return std::nullopt;
    const double size = norm_of(*then), size_now = norm_of(now);
    if (!(size > 0) || size_now < least_growth * size || after < before * (1 - least_fall))
        return std::nullopt;
    return Alarm{AlarmKind::GrowsForNothing, {}, now.step,
        "The update grew by " + number_words("%.0f %%", 100 * (size_now / size - 1)) + " since step "
            + std::to_string(then->step) + " and the training loss did not fall ("
            + number_words("%.3f", before) + ", then " + number_words("%.3f", after) + ").",
        "What is learned now is not what the loss asks for: stop here, lower the learning rate, or let a "
        "schedule "
        "bring it down; look at the evaluation loss for overfitting."};
}

} // namespace lora
