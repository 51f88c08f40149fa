#pragma once
// The sizes ‖W₀‖_F of a model's weights, beside which an update's size means something.

#include "engine/measures/spectrum_values.h"
#include "engine/models/model.h"

#include <map>
#include <string>
#include <vector>

namespace lora {

/// Each weight is read once, when it is first asked for. One for each model.
class WeightNorms {
public:
    /// Sets relative_norm of the spectra whose linears the model has.
    void relate(std::vector<Spectrum>& spectra, Model& model);

private:
    std::map<std::string, double> norms_; ///< path → ‖W₀‖_F
};

} // namespace lora
