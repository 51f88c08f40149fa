#include "engine/blocks/short_convolution.h"

#include "engine/models/causal_convolution.h"

#include <ATen/ATen.h>

namespace lora {

ShortConvolution::ShortConvolution(
    const Place& place, const std::string& name, std::int64_t width, std::int64_t taps, bool bias)
    : path_(place.path_of(name)), layer_(place.layer),
      weight_(place.weights.tensor(name + ".weight", {width, 1, taps})) {
    if (bias) bias_ = place.weights.tensor(name + ".bias", {width});
}

at::Tensor ShortConvolution::plain(
    const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const {
    const std::int64_t width = weight_.size(0);
    const std::vector<at::Tensor> pieces = in_pieces(outputs, {width, width, width});
    const at::Tensor x = pieces[0] * pieces[2];
    const at::Tensor mixed = pass.cache
                                 ? continued_convolution(x, weight_, bias_, pass.cache->at(layer_).last_rows)
                                 : causal_convolution(x, weight_, bias_, trip.tokens.positions);
    return pieces[1] * mixed;
}

void ShortConvolution::name_parameters(std::vector<NamedParameter>& all) {
    all.push_back({path_ + ".weight", layer_, &weight_});
    if (bias_.defined()) all.push_back({path_ + ".bias", layer_, &bias_});
}

void ShortConvolution::add_traits(std::vector<Trait>& all, const std::string& place) const {
    all.push_back({place + "short convolution",
        std::to_string(weight_.size(2)) + " taps of " + std::to_string(weight_.size(0)) + " channels"});
}

} // namespace lora
