#pragma once
// The middles of feed-forward branches: activation(gate) ∘ up, and an activation alone. Sources: Shazeer 2020
// (gates); Hendrycks and Gimpel 2016 (GELU); So et al. 2021 (squared ReLU).

#include "engine/blocks/middle.h"
#include "engine/kernels/activation.h"

namespace lora {

/// The wide product is gate and up side by side, gate first.
class Gate : public Middle {
public:
    explicit Gate(Activation activation) : activation_(activation) {}
    at::Tensor plain(
        const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const override;
    at::Tensor forward(Kept& kept, const Trip& trip, const Pass& pass) const override;
    at::Tensor again(const Kept& kept) const override;
    at::Tensor backward(Kept& kept, const at::Tensor& dy) const override;
    bool runs_fused(const at::Tensor& like) const override;
    void add_traits(std::vector<Trait>& all, const std::string& place) const override;

private:
    Activation activation_;
};

class ActivationAlone : public Middle {
public:
    explicit ActivationAlone(Activation activation) : activation_(activation) {}
    at::Tensor plain(
        const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const override;
    at::Tensor forward(Kept& kept, const Trip& trip, const Pass& pass) const override;
    at::Tensor again(const Kept& kept) const override;
    at::Tensor backward(Kept& kept, const at::Tensor& dy) const override;
    bool runs_fused(const at::Tensor& like) const override;
    void add_traits(std::vector<Trait>& all, const std::string& place) const override;

private:
    Activation activation_;
};

} // namespace lora
