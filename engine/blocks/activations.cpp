#include "engine/blocks/activations.h"

#include "engine/kernels/fused.h"
#include "engine/kernels/fused_operators.h"
#include "engine/kernels/post_norm.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

bool has_loops(const at::Tensor& like) {
    return like.scalar_type() == at::kFloat || like.scalar_type() == at::kBFloat16;
}

const char* name(Activation activation) {
    switch (activation) {
    case Activation::Silu: return "SiLU";
    case Activation::Gelu: return "GELU";
    case Activation::GeluTanh: return "GELU by tanh";
    case Activation::Relu: return "ReLU";
    case Activation::ReluSquared: return "ReLU squared";
    }
    return "";
}

} // namespace

at::Tensor Gate::plain(
    const std::vector<at::Tensor>& outputs, const Trip& /*trip*/, const Pass& /*pass*/) const {
    const std::int64_t width = outputs.front().size(1) / 2;
    const auto pieces = in_pieces(outputs, {width, width});
    return activated(pieces[0], activation_) * pieces[1];
}

at::Tensor Gate::forward(Kept& kept, const Trip& /*trip*/, const Pass& /*pass*/) const {
    return fused_gated(kept.wide, activation_);
}

at::Tensor Gate::again(const Kept& kept) const { return fused_gated(kept.wide, activation_); }

at::Tensor Gate::backward(Kept& kept, const at::Tensor& dy) const {
    fused_gated_backward(kept.wide, dy, activation_, /*wants_y=*/false);
    return kept.wide;
}

bool Gate::runs_fused(const at::Tensor& like) const { return has_loops(like); }

at::Tensor ActivationAlone::plain(
    const std::vector<at::Tensor>& outputs, const Trip& /*trip*/, const Pass& /*pass*/) const {
    return activated(outputs.front(), activation_);
}

at::Tensor ActivationAlone::forward(Kept& kept, const Trip& /*trip*/, const Pass& /*pass*/) const {
    return fused_activation(kept.wide, activation_);
}

at::Tensor ActivationAlone::again(const Kept& kept) const { return fused_activation(kept.wide, activation_); }

at::Tensor ActivationAlone::backward(Kept& kept, const at::Tensor& dy) const {
    fused_activation_backward(kept.wide, dy, activation_);
    return kept.wide;
}

bool ActivationAlone::runs_fused(const at::Tensor& like) const { return has_loops(like); }

void Gate::add_traits(std::vector<Trait>& all, const std::string& place) const {
    all.push_back({place + "gate", name(activation_)});
}

void ActivationAlone::add_traits(std::vector<Trait>& all, const std::string& place) const {
    all.push_back({place + "activation", name(activation_)});
}

} // namespace lora
