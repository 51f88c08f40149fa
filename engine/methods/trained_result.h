#pragma once
// The result of full fine-tuning or a subspace put on its base model again, where it can be looked at beside
// it.

#include "engine/methods/trained_weights.h"

#include <memory>
#include <string>

namespace lora {

/// The weights of a run's `model` or `subspace` folder in place of the model's, for as long as what it gives
/// lives; those that are the same are left alone. A classifier's head is not among them.
/// Throws Error for faults of the folder's files, and where they are not of this model.
std::unique_ptr<TrainedWeights> put_on_result(const std::string& folder, Model& model);

} // namespace lora
