#include "engine/methods/subspace_map.h"

#include "engine/error.h"

#include <map>
#include <string>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

// A vector as projections want it, in the type that the point is held in.
at::Tensor flat(const at::Tensor& tensor, at::ScalarType type) {
    return tensor.detach().to(at::kCPU, type).contiguous().view({-1});
}

} // namespace

SubspaceMap::SubspaceMap(
    const TrainedWeights& weights, const SubspaceSettings& settings, std::uint64_t seed) {
    ProjectionShape shape;
    std::map<std::int64_t, std::int64_t> layers;
    for (const TrainedWeight& weight : weights.all()) {
        shape.rows.push_back(weight.current.numel());
        const auto place = layers.emplace(weight.layer, static_cast<std::int64_t>(layers.size())).first;
        if (settings.said) layer_of_.push_back(place->second);
    }
    layers_ = settings.said ? static_cast<std::int64_t>(layers.size()) : 0;
    if (settings.dimension <= layers_)
        fail("subspace-dimension", std::to_string(settings.dimension),
            "more than the " + std::to_string(layers_) + " layers, whose scales are taken out of it");
    dimension_ = settings.dimension - layers_;
    shape.columns = dimension_;
    projection_ = make_projection(settings.projection, shape, seed);
}

SubspacePoint SubspaceMap::origin(const at::TensorOptions& options) const {
    return {at::zeros({dimension_}, options), at::ones({layers_}, options)};
}

void SubspaceMap::write(const SubspacePoint& point, const TrainedWeights& weights) const {
    const c10::NoGradGuard no_gradient;
    const at::ScalarType type = point.theta.scalar_type();
    const at::Tensor theta = flat(point.theta, type), lambda = flat(point.lambda, type);
    for (std::size_t i = 0; i < weights.all().size(); ++i) {
        const TrainedWeight& weight = weights.all()[i];
        at::Tensor current = weight.current.detach();
        const at::Tensor x = layer_of_.empty() ? theta : theta * lambda[layer_of_[i]];
        if (current.device().is_cpu() && current.scalar_type() == type) {
            current.copy_(weight.original);
            at::Tensor y = current.view({-1});
            projection_->add_product(i, x, y);
        } else {
            at::Tensor y = flat(weight.original, type).clone();
            projection_->add_product(i, x, y);
            current.copy_(y.view(current.sizes()));
        }
    }
}

// With h_i = P_iᵀ·g_i: dθ = Σ λ_l · h_i, and dλ_l = Σ ⟨g_i, P_i·θ⟩ = Σ ⟨h_i, θ⟩.
void SubspaceMap::collect(
    const TrainedWeights& weights, const SubspacePoint& point, SubspacePoint& gradients) const {
    const c10::NoGradGuard no_gradient;
    const at::ScalarType type = point.theta.scalar_type();
    const at::Tensor theta = flat(point.theta, type), lambda = flat(point.lambda, type);
    at::Tensor d_theta = at::zeros_like(theta), d_lambda = at::zeros_like(lambda);
    for (std::size_t i = 0; i < weights.all().size(); ++i) {
        at::Tensor& gradient = weights.all()[i].current.mutable_grad();
        if (!gradient.defined()) continue;
        if (layer_of_.empty()) {
            projection_->add_adjoint(i, flat(gradient, type), d_theta);
        } else {
            at::Tensor h = at::zeros_like(theta);
            projection_->add_adjoint(i, flat(gradient, type), h);
            d_theta.add_(h * lambda[layer_of_[i]]);
            d_lambda[layer_of_[i]].add_(h.dot(theta));
        }
        gradient.reset();
    }
    gradients.theta.add_(d_theta.to(gradients.theta.device()));
    gradients.lambda.add_(d_lambda.to(gradients.lambda.device()));
}

} // namespace lora
