#include "engine/training/evaluation.h"

#include "engine/devices/failure.h"
#include "engine/devices/memory.h"
#include "engine/training/batch.h"
#include "engine/training/class_loss.h"
#include "engine/training/loss.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

Evaluation::Evaluation(const Model& model, Samples examples, std::int64_t batch, RankGroup* ranks)
    : model_(model), examples_(std::move(examples)), batch_(static_cast<std::size_t>(batch)), ranks_(ranks) {
    if (model.task() == Task::Classification) scores_.emplace(examples_, model.head().out());
}

void Evaluation::add(const std::vector<const Example*>& examples, std::size_t first) {
    const Batch batch = make_batch(examples, model_.device());
    if (model_.task() == Task::Classification) {
        const ClassLoss result = class_loss(model_, batch, Pass{});
        loss_ += result.loss.item<double>();
        scores_->add(result.logits.to(at::kCPU, at::kFloat).contiguous(), examples, first);
    } else {
        loss_ += next_token_loss(model_, batch, Pass{}).item<double>();
    }
    learned_ += batch.targets.size(0);
}

// Where memory does not suffice for all at once, they go in halves.
void Evaluation::add_in_parts(const std::vector<const Example*>& examples, std::size_t first) {
    try {
        return add(examples, first);
    } catch (const std::exception& failure) {
        if (!is_out_of_memory(failure) || examples.size() == 1) throw;
    }
    free_unused_memory(model_.device());
    const std::size_t half = examples.size() / 2;
    const auto middle = examples.begin() + static_cast<std::ptrdiff_t>(half);
    add_in_parts({examples.begin(), middle}, first);
    add_in_parts({middle, examples.end()}, first + half);
}

void Evaluation::add_other_ranks() {
    std::vector<double> own{loss_, static_cast<double>(learned_)};
    const std::vector<double> answers = scores_ ? scores_->numbers() : std::vector<double>();
    own.insert(own.end(), answers.begin(), answers.end());
    at::Tensor sums = at::tensor(own, at::kDouble);
    ranks_->sum(sums);
    const std::span<const double> all(sums.const_data_ptr<double>(), own.size());
    loss_ = all[0];
    learned_ = static_cast<std::int64_t>(all[1]);
    if (scores_) scores_->take_numbers(all.subspan(2));
}

std::optional<EvaluationRecord> Evaluation::advance(std::int64_t step) {
    const c10::NoGradGuard no_gradient;
    const int rank = ranks_ != nullptr ? ranks_->rank() : 0, size = ranks_ != nullptr ? ranks_->size() : 1;
    const std::size_t begin = next_ + static_cast<std::size_t>(rank) * batch_;
    std::vector<Example> examples;
    for (std::size_t i = begin; i < std::min(begin + batch_, examples_.size()); ++i)
        examples.push_back(examples_[i]);
    if (!examples.empty()) add_in_parts(pointers_to(examples), begin);
    next_ += static_cast<std::size_t>(size) * batch_;
    if (next_ < examples_.size()) return std::nullopt;
    if (size > 1) add_other_ranks();
    const auto terms = static_cast<double>(std::max<std::int64_t>(1, learned_));
    const double loss = loss_ / terms;
    EvaluationRecord record{
        .step = step, .loss = loss, .perplexity = std::exp(loss), .learned_tokens = learned_};
    if (scores_) scores_->put_into(record);
    return record;
}

} // namespace lora
