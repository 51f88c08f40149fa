#pragma once
// The loss of a classifier's scores, as transformers' models for sequence classification have it by their
// problem_type.

#include "engine/models/model.h"
#include "engine/training/batch.h"

#include <ATen/core/Tensor.h>

namespace lora {

struct ClassLoss {
    /// Float32 [] on the model's device, a sum over the samples: of one class each −log p(class); of several
    /// the mean of their binary cross-entropies; of a regression the mean of the numbers' squared errors.
    at::Tensor loss;
    at::Tensor logits; ///< float32 [B, labels]
};

ClassLoss class_loss(const Model& model, const Batch& batch, const Pass& pass);

/// The loss that the model's task asks for, summed over the batch's rows.
at::Tensor task_loss(const Model& model, const Batch& batch, const Pass& pass);

} // namespace lora
