#include "engine/analysis/weight_norms.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

double norm_of(const at::Tensor& weight) {
    const c10::NoGradGuard no_gradient;
    return at::linalg_vector_norm(weight.to(at::kFloat)).item<double>();
}

} // namespace

void WeightNorms::relate(std::vector<Spectrum>& spectra, Model& model) {
    const std::map<std::string, Linear*> linears = linears_by_path(model);
    for (Spectrum& spectrum : spectra) {
        const auto linear = linears.find(spectrum.path);
        if (linear == linears.end()) continue;
        const auto [known, is_new] = norms_.try_emplace(spectrum.path, 0);
        if (is_new) known->second = norm_of(linear->second->weight());
        if (known->second > 0) spectrum.measures.relative_norm = spectrum.measures.frobenius / known->second;
    }
}

} // namespace lora
