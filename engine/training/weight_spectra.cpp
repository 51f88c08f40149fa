#include "engine/training/weight_spectra.h"

#include "engine/analysis/spectrum.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

std::optional<std::vector<Spectrum>> weight_spectra(
    const TrainedWeights& weights, const std::stop_token& stop) {
    const c10::NoGradGuard no_gradient;
    std::vector<Spectrum> all;
    for (const auto& [linear, weight] : weights.matrices()) {
        if (stop.stop_requested()) return std::nullopt;
        const at::Tensor original = weight->original.to(at::kCPU, at::kDouble);
        Spectrum spectrum = whole_spectrum(linear, weight->current.to(at::kCPU, at::kDouble) - original);
        const double size = at::linalg_vector_norm(original).item<double>();
        if (size > 0) spectrum.measures.relative_norm = spectrum.measures.frobenius / size;
        all.push_back(std::move(spectrum));
    }
    return all;
}

} // namespace lora
