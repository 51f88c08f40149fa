#include "engine/training/class_loss.h"

#include "engine/training/loss.h"

#include <ATen/ATen.h>

namespace lora {

ClassLoss class_loss(const Model& model, const Batch& batch, const Pass& pass) {
    const at::Tensor first = model.hidden_at(batch.tokens, batch.rows, pass); // [B, D]
    const at::Tensor logits = model.logits(first, pass);                      // [B, labels]
    const at::Tensor taken = logits.detach().argmax(1);
    return {at::cross_entropy_loss(logits, batch.targets, {}, at::Reduction::Sum), taken,
        taken.eq(batch.targets).sum()};
}

at::Tensor task_loss(const Model& model, const Batch& batch, const Pass& pass) {
    return model.task() == Task::Classification ? class_loss(model, batch, pass).loss
                                                : next_token_loss(model, batch, pass);
}

} // namespace lora
