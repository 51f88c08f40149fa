#pragma once
// A classifier's head: trained whole beside the updates, and kept in the adapter (PEFT's modules_to_save).

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct ClassifierHead {
    at::Tensor weight;               ///< [labels, D], float32
    at::Tensor bias;                 ///< [labels]
    std::vector<std::string> labels; ///< by class; empty where a file does not tell them
};

/// A new head: weight N(0, 0.02) from the seed, bias 0, on `device`.
ClassifierHead make_head(
    std::int64_t width, const std::vector<std::string>& labels, std::uint64_t seed, const at::Device& device);

/// Gives a head without labels those of a dataset. Throws Error where there are more or fewer than its
/// classes; `file` is the dataset's.
void name_labels(ClassifierHead& head, const std::vector<std::string>& labels, const std::string& file);

} // namespace lora
