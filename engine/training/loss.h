#pragma once
// Next-token cross-entropy over the learned tokens, with the head's logits never all in memory at once.

#include "engine/models/model.h"
#include "engine/training/batch.h"

#include <ATen/core/Tensor.h>

namespace lora {

/// Σ −log p(target) over the batch's learned tokens, float32 [] on the model's device.
/// The head and the loss go through in chunks of rows, the gradient with respect to the hidden states formed
/// on the way; where the head itself carries an update, plainly. Equal to next_token_loss_plain up to
/// rounding.
at::Tensor next_token_loss(const Model& model, const Batch& batch, const Pass& pass);

/// The same by plain operators: the reference for tests.
at::Tensor next_token_loss_plain(const Model& model, const Batch& batch, const Pass& pass);

} // namespace lora
