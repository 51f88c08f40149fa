#pragma once
// What a forward pass through a model takes: the tokens of several samples end to end, and how the pass is
// meant (training or not, with the updates or without).

#include "engine/machine/profile.h"

#include <cstdint>
#include <optional>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace lora {

/// The values as int64 or int32 on `device`. A GPU gets them in the order of its work, and nobody waits for
/// it.
at::Tensor indices(
    const std::vector<std::int64_t>& values, const at::Device& device, at::ScalarType type = at::kLong);

/// Samples laid end to end. None attends to another: attention works on each sample's own rows.
struct PackedTokens {
    at::Tensor ids;       ///< int64 [N], N = Σ lengths
    at::Tensor positions; ///< int64 [N], from 0 in each sample
    at::Tensor types; ///< int64 [N], 0 or 1: which text of a pair each is of; undefined: all are of the first
    at::Tensor starts;                 ///< int32 [B + 1]: each sample's first row, and N
    std::vector<std::int64_t> lengths; ///< tokens of each of the B samples
    at::Tensor to_padded; ///< int64 [B·T], row of each padded place (padding points at row 0); undefined if
                          ///< equal lengths
    at::Tensor from_padded;   ///< int64 [N], place of each row; undefined if all lengths are equal
    std::int64_t longest = 0; ///< T

    /// Packs the samples and moves the indices to `device`. At least one sample, none empty.
    static PackedTokens pack(const std::vector<std::vector<std::int32_t>>& samples, const at::Device& device);
};

/// What the blocks keep of one growing sample: keys and values, in memory that grows by doubling, or a state
/// whose size does not depend on the tokens.
class KeyValueCache {
public:
    struct Layer {
        at::Tensor keys, values; ///< [K, room, E] each, of which the first tokens are filled
        // Of layers without keys; undefined before the first token.
        at::Tensor last_rows; ///< what a causal convolution still reads, [taps - 1, channels]
        at::Tensor memory;    ///< of a delta rule, [heads, key size, value size]
    };
    std::int64_t length = 0; ///< tokens that all layers have

    /// Puts the next n tokens' keys and values, [n, K, E] each, after those that `length` counts. All layers
    /// get theirs before `length` grows by n.
    const Layer& append(std::int64_t layer, const at::Tensor& keys, const at::Tensor& values);
    /// For a layer to read and replace what it has instead of keys.
    Layer& at(std::int64_t layer);

private:
    std::vector<Layer> layers_;
};

class Linear;

/// Looks on as linears get their inputs.
class InputWatch {
public:
    InputWatch() = default;
    InputWatch(const InputWatch&) = delete;
    InputWatch& operator=(const InputWatch&) = delete;
    virtual ~InputWatch() = default;
    virtual void saw(const Linear& linear, const at::Tensor& x) = 0;
};

struct Pass {
    bool fused = true;       ///< whether hand-written kernels may stand in for the plain operators
    bool adapted = true;     ///< whether the low-rank updates count
    double update_scale = 1; ///< what those updates are multiplied by; other than 1 without gradients alone
    bool training = false;   ///< whether dropout acts
    bool gradient_checkpointing =
        false; ///< whether blocks keep their input alone and run again in the backward
    bool activation_offload =
        false; ///< whether those inputs wait in the host's memory; on the CPU they are there
    std::optional<at::Generator> generator; ///< dropout's; needed where training with dropout > 0
    std::uint64_t seed = 0;                 ///< of the model's own dropouts, where training
    KeyValueCache* cache = nullptr; ///< for generating: one sample, `positions` go on from cache->length
    InputWatch* watch = nullptr;    ///< told of each linear's input where nothing is fused; may be none
    Profile* profile = nullptr;     ///< told how long attention, MLP and head take; may be none
};

} // namespace lora
