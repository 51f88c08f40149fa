#include "engine/training/evaluation.h"

#include "engine/training/batch.h"
#include "engine/training/class_loss.h"
#include "engine/training/loss.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

Evaluation::Evaluation(const Model& model, const std::vector<Example>& examples, std::int64_t batch)
    : model_(model), examples_(examples), batch_(static_cast<std::size_t>(batch)) {}

std::optional<EvaluationRecord> Evaluation::advance(std::int64_t step) {
    const c10::NoGradGuard no_gradient;
    std::vector<const Example*> examples;
    for (; next_ < examples_.size() && examples.size() < batch_; ++next_)
        examples.push_back(&examples_[next_]);
    if (!examples.empty()) {
        const Batch batch = make_batch(examples, model_.device());
        if (model_.task() == Task::Classification) {
            const ClassLoss result = class_loss(model_, batch, Pass{});
            loss_ += result.loss.item<double>();
            right_ += result.right.item<std::int64_t>();
        } else {
            loss_ += next_token_loss(model_, batch, Pass{}).item<double>();
        }
        learned_ += batch.targets.size(0);
    }
    if (next_ < examples_.size()) return std::nullopt;
    const auto terms = static_cast<double>(std::max<std::int64_t>(1, learned_));
    const double loss = loss_ / terms;
    EvaluationRecord record{
        .step = step, .loss = loss, .perplexity = std::exp(loss), .learned_tokens = learned_};
    if (model_.task() == Task::Classification) record.accuracy = static_cast<double>(right_) / terms;
    return record;
}

} // namespace lora
