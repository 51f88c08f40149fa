#include "engine/training/class_loss.h"

#include "engine/training/loss.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

at::Tensor loss_of(const at::Tensor& logits, const Batch& batch) {
    if (batch.problem == Problem::MultiLabel)
        return at::binary_cross_entropy_with_logits(logits, batch.values, {}, {}, at::Reduction::None)
            .mean(1)
            .sum();
    if (batch.problem == Problem::Regression)
        return at::mse_loss(logits, batch.values, at::Reduction::None).mean(1).sum();
    return at::cross_entropy_loss(logits, batch.targets, {}, at::Reduction::Sum);
}

} // namespace

ClassLoss class_loss(const Model& model, const Batch& batch, const Pass& pass) {
    const at::Tensor first = model.hidden_at(batch.tokens, batch.rows, pass); // [B, D]
    const at::Tensor logits = model.logits(first, pass);                      // [B, labels]
    return {loss_of(logits, batch), logits.detach()};
}

at::Tensor task_loss(const Model& model, const Batch& batch, const Pass& pass) {
    return model.task() == Task::Classification ? class_loss(model, batch, pass).loss
                                                : next_token_loss(model, batch, pass);
}

} // namespace lora
