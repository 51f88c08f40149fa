#include "engine/measures/spectrum_course.h"

#include "engine/measures/number_words.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace lora {

namespace {

// Early on σ₁ grows by whole factors with every step, from nothing.
constexpr std::int64_t young_course = 30; // steps
constexpr double jump_factor = 4;
constexpr double least_growth = 1.25;    // of ‖ΔW‖ over the window that is looked at
constexpr double least_fall = 0.005;     // of the loss, relative, over the same window
constexpr std::size_t window_steps = 40; // losses in each of the two medians that are compared

double largest(const Spectrum& spectrum) {
    return spectrum.singular_values.empty() ? 0 : spectrum.singular_values.front();
}

double norm_of(const SpectraOfStep& measured) {
    double energy = 0;
    for (const auto& spectrum : measured.spectra)
        energy += spectrum.measures.frobenius * spectrum.measures.frobenius;
    return std::sqrt(energy);
}

// By how much a target's σ₁ grew where that is a jump; 0 otherwise.
double jump(const Spectrum& now, const std::map<std::string, double>& before) {
    const auto found = before.find(now.path);
    if (found == before.end() || !(found->second > 0)) return 0;
    const double factor = largest(now) / found->second;
    return factor >= jump_factor ? factor : 0;
}

// The median: a few losses that spike are no course.
double middle(std::vector<double>::const_iterator begin, std::vector<double>::const_iterator end) {
    std::vector<double> losses(begin, end);
    const auto half = losses.begin() + static_cast<std::ptrdiff_t>(losses.size() / 2);
    std::nth_element(losses.begin(), half, losses.end());
    return *half;
}

using Course = std::vector<std::shared_ptr<const SpectraOfStep>>;

// The last measurement up to a step; the end where there is none.
Course::const_iterator measured_at(const Course& spectra, std::int64_t step) {
    const auto beyond = std::find_if(
        spectra.begin(), spectra.end(), [&](const auto& measured) { return measured->step > step; });
    return beyond == spectra.begin() ? spectra.end() : beyond - 1;
}

// Where the two windows that end at `step` begin; none where there are fewer steps.
std::optional<std::ptrdiff_t> windows_begin(const std::vector<std::int64_t>& steps, std::int64_t step) {
    const auto end = std::upper_bound(steps.begin(), steps.end(), step) - steps.begin();
    const std::ptrdiff_t begin = end - static_cast<std::ptrdiff_t>(2 * window_steps);
    return begin < 0 ? std::nullopt : std::optional(begin);
}

} // namespace

std::optional<Alarm> jumped(const SpectraOfStep& before, const SpectraOfStep& now) {
    if (before.step < young_course) return std::nullopt;
    std::map<std::string, double> sizes;
    for (const auto& spectrum : before.spectra) sizes[spectrum.path] = largest(spectrum);
    double worst = 0;
    std::vector<std::string> paths;
    for (const Spectrum& spectrum : now.spectra) {
        const double factor = jump(spectrum, sizes);
        if (factor > 0) paths.push_back(spectrum.path);
        worst = std::max(worst, factor);
    }
    if (paths.empty()) return std::nullopt;
    const std::string sentence = "The largest singular value jumped: up to " + number_words("%.0f", worst)
                                 + " times between steps " + std::to_string(before.step) + " and "
                                 + std::to_string(now.step) + ", in " + std::to_string(paths.size())
                                 + (paths.size() == 1 ? " target." : " targets.");
    return Alarm{AlarmKind::Jump, std::move(paths), now.step, sentence,
        "A batch pushed hard into one direction: lower the learning rate, clip the gradient, or look at the "
        "samples of these steps."};
}

std::optional<Alarm> grows_for_nothing(const std::vector<std::int64_t>& steps,
    const std::vector<double>& all_losses, const std::vector<std::shared_ptr<const SpectraOfStep>>& spectra) {
    const SpectraOfStep& now = *spectra.back();
    const std::optional<std::ptrdiff_t> begin = windows_begin(steps, now.step);
    if (!begin) return std::nullopt;
    const auto stretch = static_cast<std::ptrdiff_t>(window_steps);
    const auto losses = all_losses.begin() + *begin;
    const double before = middle(losses, losses + stretch),
                 after = middle(losses + stretch, losses + 2 * stretch);
    const auto found = measured_at(spectra, steps[static_cast<std::size_t>(*begin)]);
    if (found == spectra.end() || (*found)->step < young_course) return std::nullopt;
    const SpectraOfStep* then = found->get();
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

void forget_passed(const std::vector<std::int64_t>& steps, Course& spectra) {
    const std::optional<std::ptrdiff_t> begin = windows_begin(steps, spectra.back()->step);
    if (!begin) return;
    const auto needed = measured_at(spectra, steps[static_cast<std::size_t>(*begin)]);
    if (needed != spectra.end()) spectra.erase(spectra.begin(), needed);
}

} // namespace lora
