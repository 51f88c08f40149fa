#pragma once
// Cross-entropy of a classifier's labels.

#include "engine/models/model.h"
#include "engine/training/batch.h"

#include <ATen/core/Tensor.h>

namespace lora {

struct ClassLoss {
    at::Tensor loss;  ///< Σ −log p(label) over the samples, float32 [] on the model's device
    at::Tensor taken; ///< int64 [B]: the label with the highest score
    at::Tensor right; ///< int64 []: samples whose label has the highest score
};

ClassLoss class_loss(const Model& model, const Batch& batch, const Pass& pass);

/// The loss that the model's task asks for, summed over the batch's rows.
at::Tensor task_loss(const Model& model, const Batch& batch, const Pass& pass);

} // namespace lora
