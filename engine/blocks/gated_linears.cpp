#include "engine/blocks/gated_linears.h"

#include "engine/kernels/fused_operators.h"

#include <ATen/ATen.h>

namespace lora {

GatedLinears::GatedLinears(const Place& place, std::int64_t width, std::int64_t inner, Activation activation)
    : path_(place.path_of("")), layer_(place.layer), activation_(activation),
      gate_(place.weights.linear("gate_proj", width, inner)),
      up_(place.weights.linear("up_proj", width, inner)),
      down_(place.weights.linear("down_proj", inner, width)) {}

at::Tensor GatedLinears::of(const at::Tensor& x, const Pass& pass) const {
    return down_.forward(activated(gate_.forward(x, pass), activation_) * up_.forward(x, pass), pass);
}

void GatedLinears::name_parameters(std::vector<NamedParameter>& all) {
    gate_.name_parameters(path_ + "gate_proj", layer_, all);
    up_.name_parameters(path_ + "up_proj", layer_, all);
    down_.name_parameters(path_ + "down_proj", layer_, all);
}

} // namespace lora
