#pragma once
// What a classifier answered over an evaluation, and how well that fits the labels.

#include "engine/data/example.h"
#include "engine/measures/label_scores.h"
#include "engine/runs/run_record.h"

#include <cstddef>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

class Answers {
public:
    /// To examples that all have the same problem; they must outlive it.
    explicit Answers(const std::vector<Example>& examples);

    /// Logits [B, labels], float32 on the CPU, of the examples from this one on.
    void add(const at::Tensor& logits, std::size_t first);
    /// Accuracy, or the scores of several labels or of numbers.
    void put_into(EvaluationRecord& record) const;

    /// For the sum over ranks: what this one added, with zeros for the others' part; and the sums back.
    std::vector<double> numbers() const;
    void take_numbers(std::span<const double> sums);

private:
    std::size_t outputs() const;

    const std::vector<Example>& examples_;
    Problem problem_;
    double right_ = 0; ///< of one class each
    LabelCounts counts_;
    std::vector<double> said_; ///< the numbers of a regression, of all examples
};

} // namespace lora
