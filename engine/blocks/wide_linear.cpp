#include "engine/blocks/wide_linear.h"

namespace lora {

WideLinear::WideLinear(const Place& place, std::int64_t in, const std::vector<LinearSpec>& specs, bool bias)
    : layer_(place.layer) {
    for (const LinearSpec& spec : specs) {
        paths_.push_back(place.path_of(spec.name));
        linears_.push_back(place.weights.linear(spec.name, in, spec.out, bias));
    }
}

void WideLinear::join() {
    std::vector<Linear*> all;
    for (Linear& linear : linears_) all.push_back(&linear);
    weight_ = Linear::join_weights(all);
    bias_ = Linear::join_biases(all);
}

std::vector<at::Tensor> WideLinear::each(const at::Tensor& x, const Pass& pass) const {
    std::vector<at::Tensor> outputs;
    for (const Linear& linear : linears_) outputs.push_back(linear.forward(x, pass));
    return outputs;
}

std::int64_t WideLinear::out() const {
    std::int64_t sum = 0;
    for (const Linear& linear : linears_) sum += linear.out();
    return sum;
}

std::vector<const Linear*> WideLinear::linears() const {
    std::vector<const Linear*> all;
    for (const Linear& linear : linears_) all.push_back(&linear);
    return all;
}

void WideLinear::name_linears(std::vector<NamedLinear>& all) {
    for (std::size_t i = 0; i < linears_.size(); ++i) all.push_back({paths_[i], layer_, &linears_[i]});
}

} // namespace lora
