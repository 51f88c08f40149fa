#pragma once
// The one linear of all models: a frozen weight and, perhaps, a low-rank update inside the same product,
// h = W₀x + b + scale · B(A x). Its backward forms no gradient for W₀ and b.

#include "engine/models/low_rank.h"
#include "engine/models/pass.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// A tensor of a model by the checkpoint's name; where it lies in the model.
struct NamedParameter {
    std::string path;        ///< "model.layers.0.self_attn.q_proj.weight"
    std::int64_t layer = -1; ///< -1 outside the blocks
    at::Tensor* tensor = nullptr;
};

class Linear {
public:
    Linear() = default;
    /// weight [out, in]; bias [out] or undefined.
    explicit Linear(at::Tensor weight, at::Tensor bias = {});

    /// x [N, in] → [N, out], in x's type. The update is computed in A's and B's own type and rounded once.
    at::Tensor forward(const at::Tensor& x, const Pass& pass) const;

    const at::Tensor& weight() const { return weight_; }
    const at::Tensor& bias() const { return bias_; } ///< undefined: none
    std::int64_t in() const { return weight_.size(1); }
    std::int64_t out() const { return weight_.size(0); }

    /// Adds `path`.weight and, where there is one, `path`.bias.
    void name_parameters(const std::string& path, std::int64_t layer, std::vector<NamedParameter>& all);

    std::optional<LowRank> update;

    /// The weights of linears with one input, laid below each other in one tensor, [Σ out, in], for one wide
    /// product; each linear keeps its rows of it as a view. Nothing is copied where they lie so already.
    static at::Tensor join_weights(const std::vector<Linear*>& linears);
    /// Their biases end to end, [Σ out], likewise; undefined if none has one.
    static at::Tensor join_biases(const std::vector<Linear*>& linears);

private:
    at::Tensor weight_;
    at::Tensor bias_;
};

/// A and B of the linears' updates, in turn: what autograd has to see. Empty where updates do not count.
std::vector<at::Tensor> trainable(const std::vector<const Linear*>& linears, const Pass& pass);

/// Whether an update of theirs drops some of its input in this pass.
bool drops_inputs(const std::vector<const Linear*>& linears, const Pass& pass);

} // namespace lora
