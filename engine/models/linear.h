#pragma once
// The one linear of all models: a frozen weight and, perhaps, a low-rank update inside the same product,
// h = W₀x + b + scale · B(A x), or DoRA's product (magnitude.h). Its backward forms no gradient for W₀ and b.

#include "engine/kernels/frozen_weight.h"
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
    const FrozenWeight* packed = nullptr; ///< the weight that counts where `tensor` is not defined

    std::int64_t values() const { return packed ? packed->rows() * packed->columns() : tensor->numel(); }
    std::int64_t bytes() const {
        return packed ? packed->bytes() : static_cast<std::int64_t>(tensor->nbytes());
    }
    /// The tensor; of a packed one it is made now, and another next time.
    at::Tensor whole() const { return packed ? packed->whole() : *tensor; }
};
/// Of a weight that may be packed. Giving `tensor` a value unpacks it for good.
NamedParameter named_weight(const std::string& path, std::int64_t layer, FrozenWeight& weight);

class Linear {
public:
    Linear() = default;
    /// weight [out, in]; bias [out] or undefined.
    explicit Linear(FrozenWeight weight, at::Tensor bias = {});

    /// x [N, in] → [N, out], in x's type. The update is computed in A's and B's own type and rounded once.
    at::Tensor forward(const at::Tensor& x, const Pass& pass) const;

    /// What products take.
    const FrozenWeight& frozen() const { return weight_; }
    /// All of it as a tensor: a packed one is unpacked each time.
    at::Tensor weight() const { return weight_.whole(); }
    const at::Tensor& bias() const { return bias_; } ///< undefined: none
    std::int64_t in() const { return weight_.columns(); }
    std::int64_t out() const { return weight_.rows(); }

    /// Adds `path`.weight and, where there is one, `path`.bias.
    void name_parameters(const std::string& path, std::int64_t layer, std::vector<NamedParameter>& all);

    /// After putting on one with a magnitude, call renew_norms().
    std::optional<LowRank> update;
    /// Computes the row norms of W₀ + ΔW that a magnitude is divided by. To be called after an update with a
    /// magnitude is put on, and whenever its A or B changed. Without a magnitude it does nothing.
    void renew_norms();

    /// The weights of linears with one input, laid below each other in one tensor, [Σ out, in], for one wide
    /// product; each linear keeps its rows of it as a view. Nothing is copied where they lie so already, or
    /// where one of them is packed.
    static FrozenWeight join_weights(const std::vector<Linear*>& linears);
    /// Their biases end to end, [Σ out], likewise; undefined if none has one.
    static at::Tensor join_biases(const std::vector<Linear*>& linears);

private:
    FrozenWeight weight_;
    at::Tensor bias_;
    at::Tensor norms_; ///< [out], of the rows of W₀ + ΔW; held only beside a magnitude
};

/// A, B and magnitude of the linears' updates, in turn: what autograd has to see. Empty where updates do not
/// count.
std::vector<at::Tensor> trainable(const std::vector<const Linear*>& linears, const Pass& pass);

/// Whether the fused kernels can compute these linears' updates in this pass: they know neither dropout of an
/// update's input nor magnitudes.
bool fit_kernels(const std::vector<const Linear*>& linears, const Pass& pass);

} // namespace lora
