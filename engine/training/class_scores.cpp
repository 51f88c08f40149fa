#include "engine/training/class_scores.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::size_t most_shown_labels = 100; // in a matrix that one can look at

} // namespace

ClassScores::ClassScores(Samples examples, std::int64_t labels)
    : examples_(std::move(examples)), labels_(static_cast<std::size_t>(labels)),
      problem_(examples_.empty() ? Problem::SingleLabel : examples_[0].problem),
      confusion_(
          problem_ == Problem::SingleLabel && labels_ <= most_shown_labels ? labels_ * labels_ : 0, 0.0),
      counts_(problem_ == Problem::MultiLabel ? labels_ : 0),
      said_(problem_ == Problem::Regression ? labels_ * examples_.size() : 0, 0.0) {}

void ClassScores::add_one_class_each(const at::Tensor& logits, std::span<const Example* const> examples) {
    const at::Tensor taken = logits.argmax(1).contiguous();
    const std::span<const std::int64_t> classes(taken.const_data_ptr<std::int64_t>(), examples.size());
    for (std::size_t i = 0; i < examples.size(); ++i) {
        right_ += classes[i] == examples[i]->label ? 1 : 0;
        if (!confusion_.empty())
            ++confusion_[static_cast<std::size_t>(examples[i]->label) * labels_
                         + static_cast<std::size_t>(classes[i])];
    }
}

void ClassScores::add(const at::Tensor& logits, std::span<const Example* const> examples, std::size_t first) {
    if (problem_ == Problem::SingleLabel) return add_one_class_each(logits, examples);
    const std::span<const float> all(logits.const_data_ptr<float>(), examples.size() * labels_);
    for (std::size_t i = 0; i < examples.size(); ++i) {
        const std::span<const float> scores = all.subspan(i * labels_, labels_);
        if (problem_ == Problem::MultiLabel)
            counts_.add(scores, examples[i]->values);
        else
            std::copy(scores.begin(), scores.end(),
                said_.begin() + static_cast<std::ptrdiff_t>((first + i) * labels_));
    }
}

void ClassScores::put_into(EvaluationRecord& record) const {
    if (problem_ == Problem::MultiLabel) {
        record.scores = counts_.scores();
    } else if (problem_ == Problem::Regression) {
        std::vector<double> right;
        for (const Example& example : examples_)
            right.insert(right.end(), example.values.begin(), example.values.end());
        record.scores = number_scores(said_, right, labels_);
    } else {
        record.accuracy = examples_.empty() ? 0 : right_ / static_cast<double>(examples_.size());
        for (std::size_t begin = 0; begin < confusion_.size(); begin += labels_)
            record.confusion.emplace_back(confusion_.begin() + static_cast<std::ptrdiff_t>(begin),
                confusion_.begin() + static_cast<std::ptrdiff_t>(begin + labels_));
    }
}

std::vector<double> ClassScores::numbers() const {
    std::vector<double> all{right_};
    for (const auto& part : {confusion_, counts_.numbers(), said_})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

void ClassScores::take_numbers(std::span<const double> sums) {
    right_ = sums[0];
    auto take = [rest = sums.subspan(1)](std::size_t count) mutable {
        return std::exchange(rest, rest.subspan(count)).first(count);
    };
    const auto confusion = take(confusion_.size());
    confusion_.assign(confusion.begin(), confusion.end());
    counts_.take_numbers(take(counts_.numbers().size()));
    const auto said = take(said_.size());
    said_.assign(said.begin(), said.end());
}

} // namespace lora
