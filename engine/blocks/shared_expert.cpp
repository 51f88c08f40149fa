#include "engine/blocks/shared_expert.h"

#include <ATen/ATen.h>

namespace lora {

SharedExpert::SharedExpert(
    const Place& block, std::int64_t width, const SharedExpertSettings& settings, Activation activation)
    : weight_path_(block.path_of(settings.path + "_gate")), layer_(block.layer), width_(width),
      made_(block.at(settings.path), width, settings.inner, activation) {
    if (settings.weighed) weight_ = block.weights.linear(settings.path + "_gate", width, 1);
}

at::Tensor SharedExpert::forward(const at::Tensor& x, const Pass& pass) const {
    const at::Tensor made = made_.of(x, pass);
    return weight_ ? weight_->forward(x, pass).sigmoid() * made : made;
}

std::vector<const Linear*> SharedExpert::linears() const {
    if (!weight_) return {};
    return {&*weight_};
}

void SharedExpert::name_linears(std::vector<NamedLinear>& all) {
    if (weight_) all.push_back({weight_path_, layer_, &*weight_});
}

std::int64_t SharedExpert::kept_values() const { return made_.kept_values() + (weight_ ? width_ : 0); }

} // namespace lora
