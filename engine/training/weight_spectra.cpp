#include "engine/training/weight_spectra.h"

#include "engine/analysis/dense_decomposition.h"

#include <set>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

constexpr std::string_view ending = ".weight";

} // namespace

std::vector<const TrainedWeight*> linear_matrices(const TrainedWeights& weights, Model& model) {
    std::set<std::string> linears;
    for (const NamedLinear& named : model.named_linears()) linears.insert(named.path + std::string(ending));
    std::vector<const TrainedWeight*> found;
    for (const TrainedWeight& weight : weights.all())
        if (linears.contains(weight.path)) found.push_back(&weight);
    return found;
}

std::vector<Spectrum> weight_spectra(const TrainedWeights& weights, Model& model) {
    const c10::NoGradGuard no_gradient;
    std::vector<Spectrum> all;
    for (const TrainedWeight* weight : linear_matrices(weights, model)) {
        const at::Tensor original = weight->original.to(at::kCPU, at::kDouble);
        Spectrum spectrum;
        spectrum.path = weight->path.substr(0, weight->path.size() - ending.size());
        spectrum.singular_values = singular_values(weight->current.to(at::kCPU, at::kDouble) - original);
        spectrum.measures = rank_measures(spectrum.singular_values);
        const double size = at::linalg_vector_norm(original).item<double>();
        if (size > 0) spectrum.measures.relative_norm = spectrum.measures.frobenius / size;
        all.push_back(std::move(spectrum));
    }
    return all;
}

} // namespace lora
