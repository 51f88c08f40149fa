#include "engine/training/evaluation.h"

#include "engine/devices/failure.h"
#include "engine/devices/memory.h"
#include "engine/training/batch.h"
#include "engine/training/class_loss.h"
#include "engine/training/loss.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

constexpr std::int64_t most_labels = 100; // in a matrix that one can look at

}

Evaluation::Evaluation(const Model& model, Samples examples, std::int64_t batch, RankGroup* ranks)
    : model_(model), examples_(std::move(examples)), batch_(static_cast<std::size_t>(batch)), ranks_(ranks) {
    const std::int64_t labels = model.task() == Task::Classification ? model.head().out() : 0;
    if (labels > 0 && labels <= most_labels) confusion_ = at::zeros({labels, labels}, at::kLong);
}

void Evaluation::count(const at::Tensor& labels, const at::Tensor& taken) {
    if (!confusion_.defined()) return;
    const at::Tensor places = labels.cpu() * confusion_.size(1) + taken.cpu();
    confusion_.view(-1).index_add_(0, places, at::ones_like(places));
}

void Evaluation::add(const std::vector<const Example*>& examples) {
    const Batch batch = make_batch(examples, model_.device());
    if (model_.task() == Task::Classification) {
        const ClassLoss result = class_loss(model_, batch, Pass{});
        loss_ += result.loss.item<double>();
        right_ += result.right.item<std::int64_t>();
        count(batch.targets, result.taken);
    } else {
        loss_ += next_token_loss(model_, batch, Pass{}).item<double>();
    }
    learned_ += batch.targets.size(0);
}

// Where memory does not suffice for all at once, they go in halves.
void Evaluation::add_in_parts(const std::vector<const Example*>& examples) {
    try {
        return add(examples);
    } catch (const std::exception& failure) {
        if (!is_out_of_memory(failure) || examples.size() == 1) throw;
    }
    free_unused_memory(model_.device());
    const auto middle = examples.begin() + static_cast<std::ptrdiff_t>(examples.size() / 2);
    add_in_parts({examples.begin(), middle});
    add_in_parts({middle, examples.end()});
}

void Evaluation::add_other_ranks() {
    at::Tensor sums =
        at::tensor({loss_, static_cast<double>(learned_), static_cast<double>(right_)}, at::kDouble);
    ranks_->sum(sums);
    loss_ = sums[0].item<double>();
    learned_ = static_cast<std::int64_t>(sums[1].item<double>());
    right_ = static_cast<std::int64_t>(sums[2].item<double>());
    if (!confusion_.defined()) return;
    at::Tensor counts = confusion_.to(at::kDouble);
    ranks_->sum(counts);
    confusion_ = counts.to(at::kLong);
}

std::optional<EvaluationRecord> Evaluation::advance(std::int64_t step) {
    const c10::NoGradGuard no_gradient;
    const int rank = ranks_ != nullptr ? ranks_->rank() : 0, size = ranks_ != nullptr ? ranks_->size() : 1;
    const std::size_t begin = next_ + static_cast<std::size_t>(rank) * batch_;
    std::vector<Example> examples;
    for (std::size_t i = begin; i < std::min(begin + batch_, examples_.size()); ++i)
        examples.push_back(examples_[i]);
    if (!examples.empty()) add_in_parts(pointers_to(examples));
    next_ += static_cast<std::size_t>(size) * batch_;
    if (next_ < examples_.size()) return std::nullopt;
    if (size > 1) add_other_ranks();
    const auto terms = static_cast<double>(std::max<std::int64_t>(1, learned_));
    const double loss = loss_ / terms;
    EvaluationRecord record{
        .step = step, .loss = loss, .perplexity = std::exp(loss), .learned_tokens = learned_};
    if (model_.task() == Task::Classification) record.accuracy = static_cast<double>(right_) / terms;
    for (const at::Tensor& row : confusion_.defined() ? confusion_.unbind(0) : std::vector<at::Tensor>())
        record.confusion.emplace_back(
            row.const_data_ptr<std::int64_t>(), row.const_data_ptr<std::int64_t>() + row.size(0));
    return record;
}

} // namespace lora
