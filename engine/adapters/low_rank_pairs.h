#pragma once
// The halves of updates in a safetensors file, by PEFT's names (base_model.model.PATH.lora_A.weight) or
// loralib's (PATH.lora_A).

#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct LowRankPair {
    at::Tensor A; ///< [r, in], float32
    at::Tensor B; ///< [out, r], float32
};

struct LowRankPairs {
    std::vector<std::pair<std::string, LowRankPair>> pairs; ///< by path; layers by number
    std::vector<std::string> others;                        ///< names of all other tensors
};

/// Throws Error for a half that is missing or comes twice, is no matrix, does not fit the other, or holds a
/// value that is not finite; and for a file without a pair.
LowRankPairs read_low_rank_pairs(const std::string& file, const at::Device& device);

/// Whether one path stands before another, layers by number: layers.2 before layers.10.
bool path_before(const std::string& a, const std::string& b);

} // namespace lora
