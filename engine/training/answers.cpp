#include "engine/training/answers.h"

#include <ATen/ATen.h>

namespace lora {

Answers::Answers(const std::vector<Example>& examples)
    : examples_(examples), problem_(examples.empty() ? Problem::SingleLabel : examples.front().problem),
      counts_(problem_ == Problem::MultiLabel ? outputs() : 0),
      said_(problem_ == Problem::Regression ? outputs() * examples.size() : 0, 0.0) {}

std::size_t Answers::outputs() const { return examples_.front().values.size(); }

void Answers::add(const at::Tensor& logits, std::size_t first) {
    const auto texts = static_cast<std::size_t>(logits.size(0)),
               labels = static_cast<std::size_t>(logits.size(1));
    if (problem_ == Problem::SingleLabel) {
        const at::Tensor likeliest = logits.argmax(1);
        for (std::size_t i = 0; i < texts; ++i)
            right_ +=
                likeliest[static_cast<std::int64_t>(i)].item<std::int64_t>() == examples_[first + i].label;
        return;
    }
    const std::span<const float> all(logits.const_data_ptr<float>(), texts * labels);
    for (std::size_t i = 0; i < texts; ++i) {
        const std::span<const float> scores = all.subspan(i * labels, labels);
        if (problem_ == Problem::MultiLabel)
            counts_.add(scores, examples_[first + i].values);
        else
            std::copy(scores.begin(), scores.end(),
                said_.begin() + static_cast<std::ptrdiff_t>((first + i) * labels));
    }
}

void Answers::put_into(EvaluationRecord& record) const {
    if (problem_ == Problem::MultiLabel) {
        record.scores = counts_.scores();
    } else if (problem_ == Problem::Regression) {
        std::vector<double> right;
        for (const Example& example : examples_)
            right.insert(right.end(), example.values.begin(), example.values.end());
        record.scores = number_scores(said_, right, outputs());
    } else {
        record.accuracy = examples_.empty() ? 0 : right_ / static_cast<double>(examples_.size());
    }
}

std::vector<double> Answers::numbers() const {
    std::vector<double> all{right_};
    const std::vector<double> counts = counts_.numbers();
    all.insert(all.end(), counts.begin(), counts.end());
    all.insert(all.end(), said_.begin(), said_.end());
    return all;
}

void Answers::take_numbers(std::span<const double> sums) {
    right_ = sums[0];
    const std::size_t counts = counts_.numbers().size();
    counts_.take_numbers(sums.subspan(1, counts));
    const auto said = sums.subspan(1 + counts);
    said_.assign(said.begin(), said.end());
}

} // namespace lora
