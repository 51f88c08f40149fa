#pragma once
// What one trip through a model is made with: the tokens of several samples end to end, and how the trip is
// meant.

#include <cstdint>
#include <optional>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace lora {

/// Samples laid end to end. None attends to another: attention works on each sample's own rows.
struct PackedTokens {
    at::Tensor ids;                    ///< int64 [N], N = Σ lengths
    at::Tensor positions;              ///< int64 [N], from 0 in each sample
    std::vector<std::int64_t> lengths; ///< tokens of each of the B samples
    at::Tensor to_padded; ///< int64 [B·T], row of each padded place (padding points at row 0); undefined if
                          ///< equal lengths
    at::Tensor from_padded;   ///< int64 [N], place of each row; undefined if all lengths are equal
    std::int64_t longest = 0; ///< T

    /// Packs the samples and moves the indices to `device`. At least one sample, none empty.
    static PackedTokens pack(const std::vector<std::vector<std::int32_t>>& samples, const at::Device& device);
};

/// Keys and values of one growing sample, a pair a layer, [1, K, tokens so far, E].
struct KeyValueCache {
    std::vector<at::Tensor> keys;
    std::vector<at::Tensor> values;
    std::int64_t length = 0;
};

struct Pass {
    bool fused = true;     ///< whether hand-written kernels may stand in for the plain operators
    bool adapted = true;   ///< whether the low-rank updates count
    bool training = false; ///< whether dropout acts
    bool gradient_checkpointing =
        false; ///< whether blocks keep their input alone and run again in the backward
    std::optional<at::Generator> generator; ///< dropout's; needed where training with dropout > 0
    KeyValueCache* cache = nullptr; ///< for generating: one sample, `positions` go on from cache->length
};

} // namespace lora
