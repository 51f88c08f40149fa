#include "ui/plots/spectra_history.h"

namespace lora {

void SpectraHistory::add(std::shared_ptr<const SpectraOfStep> spectra) {
    if (!spectra) return;
    if (!all_.empty() && all_.back()->step == spectra->step) all_.pop_back();
    all_.push_back(std::move(spectra));
    if (all_.size() <= mostSteps) return;
    // The first and the newest step stay.
    std::vector<std::shared_ptr<const SpectraOfStep>> kept;
    for (std::size_t i = 0; i + 1 < all_.size(); i += 2) kept.push_back(std::move(all_[i]));
    kept.push_back(std::move(all_.back()));
    all_ = std::move(kept);
}

const Spectrum* spectrumOf(const SpectraOfStep& spectra, const std::string& path) {
    for (const Spectrum& each : spectra.spectra)
        if (each.path == path) return &each;
    return nullptr;
}

std::vector<std::string> SpectraHistory::paths() const {
    std::vector<std::string> paths;
    if (all_.empty()) return paths;
    for (const Spectrum& each : all_.back()->spectra) paths.push_back(each.path);
    return paths;
}

std::vector<SpectrumAt> SpectraHistory::of(const std::string& path) const {
    std::vector<SpectrumAt> found;
    std::size_t guess = 0; // a linear stands at the same place in every step
    for (const auto& step : all_) {
        const auto& spectra = step->spectra;
        if (guess >= spectra.size() || spectra[guess].path != path)
            for (guess = 0; guess < spectra.size() && spectra[guess].path != path;) ++guess;
        if (guess < spectra.size()) found.push_back({step->step, &spectra[guess]});
    }
    return found;
}

std::vector<std::size_t> spread(std::size_t count, std::size_t limit) {
    std::vector<std::size_t> indices;
    if (count == 0 || limit == 0) return indices;
    const std::size_t kept = count < limit ? count : limit;
    for (std::size_t k = 0; k < kept; ++k)
        indices.push_back(kept == 1 ? count - 1 : k * (count - 1) / (kept - 1));
    return indices;
}

} // namespace lora
