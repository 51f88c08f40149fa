#pragma once
// A classifier's head as part of a model's own files, as Hugging Face's classes for sequence classification
// have it.

#include "engine/adapters/base_tensors.h"
#include "engine/adapters/classifier_head.h"
#include "engine/files/json.h"

#include <vector>

namespace lora {

/// The base's tensors with this head in place of its own, if it has one. What a bare encoder calls its
/// tensors gets the prefix that they have beside a head. Throws Error for an architecture that takes no
/// classifier.
std::vector<BaseTensor> with_head(
    std::vector<BaseTensor> tensors, const ClassifierHead& head, const Weights& base);

/// What config.json says of this base with this head; the base's own names of classes stay where the head has
/// none.
Json config_with_head(const ClassifierHead& head, const Weights& base);

} // namespace lora
