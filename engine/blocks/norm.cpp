#include "engine/blocks/norm.h"

#include "engine/kernels/fused.h"
#include "engine/models/traits.h"

#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

/// The weight as LayerNorm multiplies by it: its kernels know no offset.
at::Tensor counted(const at::Tensor& weight, double offset) { return offset == 0 ? weight : weight + offset; }

} // namespace

Norm::Norm(const Place& place, const std::string& name, std::int64_t width, const NormSettings& settings)
    : path_(place.path_of(name)), layer_(place.layer), settings_(settings),
      weight_(place.weights.tensor(name + ".weight", {width})) {
    if (settings.kind == NormSettings::Kind::Layer && settings.bias)
        bias_ = place.weights.tensor(name + ".bias", {width});
}

Norm Norm::new_where_missing(
    const Place& place, const std::string& name, std::int64_t width, const NormSettings& settings) {
    const at::Tensor weight = place.weights.optional_tensor(name + ".weight", {width});
    if (weight.defined()) return {place, name, width, settings};
    Norm norm;
    norm.path_ = place.path_of(name);
    norm.settings_ = settings;
    norm.weight_ = place.weights.filled({width}, 1 - settings.offset);
    if (settings.kind == NormSettings::Kind::Layer && settings.bias)
        norm.bias_ = place.weights.filled({width}, 0);
    return norm;
}

Norm Norm::without_weight(const Place& place, std::int64_t width, const NormSettings& settings) {
    Norm norm;
    norm.settings_ = settings;
    norm.weight_ = place.weights.filled({width}, 1 - settings.offset);
    return norm;
}

at::Tensor Norm::plain(const at::Tensor& x) const {
    const at::Tensor rows = x.size(-1) == width() ? x : x.unflatten(-1, {-1, width()});
    at::Tensor y;
    if (settings_.kind == NormSettings::Kind::Layer) {
        y = at::layer_norm(rows, {width()}, counted(weight_, settings_.offset), bias_, settings_.epsilon);
    } else if (settings_.offset == 0) {
        y = at::rms_norm(rows, {width()}, weight_, settings_.epsilon);
    } else { // in float32 until the end: 1 + w would lose bits of w
        const at::ScalarType type = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
        const at::Tensor weight = weight_.to(type) + settings_.offset;
        y = at::rms_norm(rows.to(type), {width()}, weight, settings_.epsilon).to(x.scalar_type());
    }
    return y.view_as(x);
}

at::Tensor Norm::forward(const at::Tensor& x, Kept& kept) const {
    kept.x = x;
    at::Tensor y;
    if (settings_.kind == NormSettings::Kind::Layer)
        std::tie(y, kept.moments) =
            fused_layer_norm(x, counted(weight_, settings_.offset), bias_, settings_.epsilon);
    else
        std::tie(y, kept.moments.inverse) = fused_rms_norm(x, weight_, settings_.epsilon, settings_.offset);
    return y;
}

at::Tensor Norm::again(const Kept& kept) const {
    Kept same;
    return forward(kept.x, same);
}

at::Tensor Norm::backward(const at::Tensor& dy, const Kept& kept, const at::Tensor& residual) const {
    if (settings_.kind == NormSettings::Kind::Layer)
        return fused_layer_norm_backward(
            residual, dy, kept.x, counted(weight_, settings_.offset), kept.moments);
    return fused_rms_norm_backward(residual, dy, kept.x, weight_, kept.moments.inverse, settings_.offset);
}

NormedSum Norm::of_sum(const at::Tensor& x, at::Tensor branch, const DropoutBits& dropout) const {
    return add_and_norm(x, std::move(branch), weight_, bias_, settings_.epsilon, dropout);
}

std::pair<at::Tensor, at::Tensor> Norm::of_sum_backward(
    const at::Tensor& dy, const NormedSum& kept, const DropoutBits& dropout) const {
    return add_and_norm_backward(dy, kept, weight_, dropout);
}

void Norm::name_parameters(std::vector<NamedParameter>& all) {
    if (weight_.defined() && !path_.empty()) all.push_back({path_ + ".weight", layer_, &weight_});
    if (bias_.defined()) all.push_back({path_ + ".bias", layer_, &bias_});
}

std::string Norm::trait() const {
    if (!is()) return "none";
    return (settings_.kind == NormSettings::Kind::Rms ? "RMS" : "layer") + std::string(" of ")
           + std::to_string(width()) + ", epsilon " + trait_text(settings_.epsilon) + ", weight + "
           + trait_text(settings_.offset);
}

} // namespace lora
