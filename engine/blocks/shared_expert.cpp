#include "engine/blocks/shared_expert.h"

#include "engine/kernels/fused_operators.h"

#include <ATen/ATen.h>

namespace lora {

SharedExpert::SharedExpert(const Place& block, std::int64_t width, std::int64_t inner, Activation activation)
    : path_(block.path_of("mlp.shared_expert")), layer_(block.layer), activation_(activation),
      gate_(block.weights.linear("mlp.shared_expert.gate_proj", width, inner)),
      up_(block.weights.linear("mlp.shared_expert.up_proj", width, inner)),
      down_(block.weights.linear("mlp.shared_expert.down_proj", inner, width)),
      weight_(block.weights.linear("mlp.shared_expert_gate", width, 1)) {}

at::Tensor SharedExpert::forward(const at::Tensor& x, const Pass& pass) const {
    const at::Tensor inner = activated(gate_.forward(x, pass), activation_) * up_.forward(x, pass);
    return weight_.forward(x, pass).sigmoid() * down_.forward(inner, pass);
}

void SharedExpert::name_linears(std::vector<NamedLinear>& all) {
    all.push_back({path_ + "_gate", layer_, &weight_});
}

void SharedExpert::name_parameters(std::vector<NamedParameter>& all) {
    gate_.name_parameters(path_ + ".gate_proj", layer_, all);
    up_.name_parameters(path_ + ".up_proj", layer_, all);
    down_.name_parameters(path_ + ".down_proj", layer_, all);
}

} // namespace lora
