#pragma once
// What every model is: tokens in, hidden states and logits out, and its linears by the checkpoint's names.
//
// Shape letters, here and everywhere: B samples, T tokens of the longest sample, N tokens of all samples
// packed, D hidden, H heads, K key/value heads, E head size, F feed-forward, V vocabulary, L layers, r rank.

#include "engine/models/linear.h"
#include "engine/models/pass.h"

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct NamedLinear {
    std::string path;        ///< "model.layers.0.self_attn.q_proj"
    std::int64_t layer = -1; ///< -1 outside the blocks
    Linear* linear = nullptr;
};

class Model {
public:
    Model() = default;
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;
    virtual ~Model() = default;

    /// Hidden states after the last norm, [N, D].
    virtual at::Tensor hidden(const PackedTokens& tokens, const Pass& pass) const = 0;
    /// The head of `hidden`'s rows, [M, D] → [M, V].
    at::Tensor logits(const at::Tensor& hidden, const Pass& pass) const {
        return head().forward(hidden, pass);
    }
    virtual const Linear& head() const = 0;
    /// Every linear that can carry an update, in the checkpoint's order; the pointers live as long as the
    /// model.
    virtual std::vector<NamedLinear> named_linears() = 0;

    /// Every parameter once, tied ones too.
    virtual std::vector<at::Tensor> parameters() const = 0;

    virtual std::int64_t vocab_size() const = 0;
    virtual std::int64_t context_length() const = 0;
    virtual at::Device device() const = 0;
};

} // namespace lora
