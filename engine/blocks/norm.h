#pragma once
// RMSNorm and LayerNorm with a frozen weight: by plain operators, and fused with a backward of its own.
// Sources: Zhang and Sennrich 2019 (RMSNorm), Ba et al. 2016 (LayerNorm).

#include "engine/blocks/place.h"
#include "engine/kernels/post_norm.h"
#include "engine/models/linear.h"

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct NormSettings {
    enum class Kind { Rms, Layer };
    Kind kind = Kind::Rms;
    double epsilon = 1e-6;
    double offset = 0; ///< added to the checkpoint's weight: 1 for families that store w − 1, as Gemma does
    bool bias = true;  ///< of LayerNorm
};

class Norm {
public:
    Norm() = default; ///< none: is() is false
    /// `name`.weight [width] and, as the settings say, `name`.bias.
    Norm(const Place& place, const std::string& name, std::int64_t width, const NormSettings& settings);

    /// The same; where the checkpoint has none of it, a new one, which scales nothing.
    static Norm new_where_missing(
        const Place& place, const std::string& name, std::int64_t width, const NormSettings& settings);

    /// One that scales nothing and has no parameters.
    static Norm without_weight(const Place& place, std::int64_t width, const NormSettings& settings);

    bool is() const { return weight_.defined(); }
    std::int64_t width() const { return weight_.size(0); }

    /// x [N, width], or wider rows of a multiple of it: each `width` values by themselves.
    at::Tensor plain(const at::Tensor& x) const;

    /// What the backward needs.
    struct Kept {
        at::Tensor x;       ///< [N, width]
        RowMoments moments; ///< of RMSNorm the inverse alone
    };
    /// x [N, width] contiguous.
    at::Tensor forward(const at::Tensor& x, Kept& kept) const;
    /// The forward's result, computed once more from what was kept.
    at::Tensor again(const Kept& kept) const;
    /// residual + the gradient of x; an undefined residual is zero.
    at::Tensor backward(const at::Tensor& dy, const Kept& kept, const at::Tensor& residual) const;

    /// norm(x + dropout(branch)), CPU alone; `branch` is overwritten by the sums.
    NormedSum of_sum(const at::Tensor& x, at::Tensor branch, const DropoutBits& dropout) const;
    /// The gradients of x and of the branch.
    std::pair<at::Tensor, at::Tensor> of_sum_backward(
        const at::Tensor& dy, const NormedSum& kept, const DropoutBits& dropout) const;
    /// Whether of_sum can be.
    bool has_sums() const { return settings_.kind == NormSettings::Kind::Layer && bias_.defined(); }

    /// In words, for Trait.
    std::string trait() const;
    /// Adds its parameters; none where there is no norm, or one without a weight.
    void name_parameters(std::vector<NamedParameter>& all);

private:
    std::string path_;
    std::int64_t layer_ = -1;
    NormSettings settings_;
    at::Tensor weight_, bias_;
};

} // namespace lora
