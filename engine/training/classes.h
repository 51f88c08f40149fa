#pragma once
// Which class has which number, wherever a classifier reads labels: the adapter's order, else the model's
// own, else numbers by value, else names by the alphabet.

#include "engine/adapters/classifier_head.h"
#include "engine/data/dataset.h"
#include "engine/models/model.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// What a dataset is read for by a model with this head; none: with the model's own. The head's names decide;
/// a model without names, or a head that another program saved without them, has numbers in their place.
Goal goal_of(const std::optional<ClassifierHead>& head, const Model& model);

/// The same for training without a head to go on with: the model's own classes where the data has them, else
/// those of the data.
Goal goal_of_training(const std::optional<ClassifierHead>& head, const Model& model);

/// The same for the model of this path, whose weights are not read. Throws Error.
Goal goal_of_training(const std::string& model_path);

/// The head that training begins with where there is none: the model's own where its classes are these, else
/// a new one, whose linears before the last are still the model's own where it has them.
ClassifierHead first_head(
    const Model& model, std::int64_t width, const std::vector<std::string>& labels, std::uint64_t seed);

} // namespace lora
