#pragma once
// The spectra of a run over its steps: of one linear for the curves, of one step for the heat map.

#include "engine/measures/spectrum_values.h"

#include <memory>
#include <string>
#include <vector>

namespace lora {

/// One linear's spectrum after a step; `spectrum` lives as long as the history that gave it.
struct SpectrumAt {
    std::int64_t step = 0;
    const Spectrum* spectrum = nullptr;
};

class SpectraHistory {
public:
    /// Beyond this many steps every second one goes, so that a long run keeps its whole course in bounded
    /// memory.
    static constexpr std::size_t mostSteps = 400;

    void clear() { all_.clear(); }
    /// Steps come in order; one that is there already is replaced.
    void add(std::shared_ptr<const SpectraOfStep> spectra);

    bool isEmpty() const { return all_.empty(); }
    /// The last step's; null if there is none.
    std::shared_ptr<const SpectraOfStep> latest() const { return all_.empty() ? nullptr : all_.back(); }
    /// By step.
    const std::vector<std::shared_ptr<const SpectraOfStep>>& all() const { return all_; }
    /// The paths of the last step, in the model's order.
    std::vector<std::string> paths() const;
    /// All steps of one linear, oldest first.
    std::vector<SpectrumAt> of(const std::string& path) const;

private:
    std::vector<std::shared_ptr<const SpectraOfStep>> all_;
};

/// One linear's spectrum in one step; null if it has none.
const Spectrum* spectrumOf(const SpectraOfStep& spectra, const std::string& path);

/// At most `limit` indices of `count`, evenly spread, the first and the last among them.
std::vector<std::size_t> spread(std::size_t count, std::size_t limit);

} // namespace lora
