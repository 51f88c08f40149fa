#pragma once
// A classifier's head: trained whole beside the updates, and kept in the adapter (PEFT's modules_to_save).

#include "engine/models/model.h"

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct ClassifierHead {
    at::Tensor weight;                   ///< of the last linear, [labels, D], float32
    at::Tensor bias;                     ///< [labels]
    std::vector<std::string> labels;     ///< by class; empty where a file does not tell them
    Problem problem = Problem::Unsaid;   ///< what it was trained for; Unsaid where a file does not tell
    std::string path = "classifier";     ///< the last linear's
    std::vector<HeadLinear> before = {}; ///< the linears before it that the head has, in their order

    std::int64_t parameters() const;
    /// Weights and biases, to train or to move.
    std::vector<at::Tensor*> tensors();
    /// All of them, the last one last.
    std::vector<HeadLinear> linears() const;
};

/// A new head of one linear: weight N(0, 0.02) from the seed, bias 0, on `device`.
ClassifierHead make_head(
    std::int64_t width, const std::vector<std::string>& labels, std::uint64_t seed, const at::Device& device);
/// A new head of such linears, whose weights are used where they are defined, but for the last one's. Throws
/// Error for an empty list.
ClassifierHead make_head(const std::vector<HeadLinear>& linears, std::int64_t width,
    const std::vector<std::string>& labels, std::uint64_t seed, const at::Device& device);

/// Gives a head without labels those of a dataset. Throws Error where there are more or fewer than its
/// classes; `file` is the dataset's.
void name_labels(ClassifierHead& head, const std::vector<std::string>& labels, const std::string& file);

} // namespace lora
