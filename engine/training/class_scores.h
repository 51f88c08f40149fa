#pragma once
// What a classifier said over an evaluation, and how well that fits the labels.

#include "engine/data/samples.h"
#include "engine/measures/label_scores.h"
#include "engine/runs/run_record.h"

#include <cstddef>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

class ClassScores {
public:
    /// Of these examples, which all have the same problem; `labels` outputs.
    ClassScores(Samples examples, std::int64_t labels);

    /// Logits [B, labels], float32 on the CPU, of these examples; the first of them is the set's `first`-th.
    void add(const at::Tensor& logits, std::span<const Example* const> examples, std::size_t first);
    /// Accuracy and confusion, or the scores of several labels or of numbers.
    void put_into(EvaluationRecord& record) const;

    /// For the sum over ranks: what this one added, with zeros for the others' part; and the sums back.
    std::vector<double> numbers() const;
    void take_numbers(std::span<const double> sums);

private:
    void add_one_class_each(const at::Tensor& logits, std::span<const Example* const> examples);

    Samples examples_;
    std::size_t labels_;
    Problem problem_;
    double right_ = 0;              ///< of one class each
    std::vector<double> confusion_; ///< [labels, labels], the same; empty where nobody looks at it
    LabelCounts counts_;            ///< of several classes
    std::vector<double> said_;      ///< the numbers of a regression, of all examples
};

} // namespace lora
