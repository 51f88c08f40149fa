#pragma once
// A classifier's head as part of a model's own files, as Hugging Face's BertForSequenceClassification has it.

#include "engine/adapters/base_tensors.h"
#include "engine/adapters/classifier_head.h"
#include "engine/files/json.h"

#include <vector>

namespace lora {

/// The tensors with this head in place of the base's own, if it has one. What a bare encoder calls its
/// tensors gets the prefix that they have beside a head.
std::vector<BaseTensor> with_head(std::vector<BaseTensor> tensors, const ClassifierHead& head);

/// What config.json says of a model with this head: `base` without the head, which keeps its own names of
/// classes where the head has none.
Json config_with_head(const ClassifierHead& head, const Json& base);

} // namespace lora
