#include "engine/methods/uni_lora.h"

#include "engine/error.h"
#include "engine/methods/adapter_tensors.h"
#include "engine/methods/makers.h"
#include "engine/methods/method_state.h"

#include <utility>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

constexpr double bound = 0.02; // of θ_d's first numbers, as PEFT has it

} // namespace

UniLora::UniLora(Adapter adapter, const SubspaceSettings& settings, std::uint64_t seed, Model& model)
    : DerivedAdaptation(std::move(adapter)) {
    ProjectionShape shape;
    shape.columns = settings.dimension;
    for (const at::Tensor* tensor : updates_of(adapter_)) shape.rows.push_back(tensor->numel());
    projection_ = make_projection(settings.projection, shape, seed);
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const at::Tensor& first = adapter_.targets.front().update.A;
    theta_ = at::empty({shape.columns}, first.scalar_type()).uniform_(-bound, bound, generator);
    theta_ = theta_.to(first.device());
    begin({&theta_}, model);
    apply();
}

void UniLora::apply() {
    const c10::NoGradGuard no_gradient;
    const at::Tensor theta = theta_.detach().cpu();
    std::size_t piece = 0;
    for (at::Tensor* tensor : updates_of(adapter_)) {
        at::Tensor values = at::zeros({tensor->numel()}, theta.options());
        projection_->add_product(piece++, theta, values);
        tensor->copy_(values.view(tensor->sizes()));
    }
}

void UniLora::collect_updates() {
    at::Tensor gradient = at::zeros(theta_.sizes(), theta_.options().device(at::kCPU));
    std::size_t piece = 0;
    for (const at::Tensor* tensor : updates_of(adapter_))
        projection_->add_adjoint(piece++, tensor->grad().cpu().contiguous().view({-1}), gradient);
    theta_.mutable_grad().add_(gradient.to(theta_.device()));
}

void UniLora::restore(const SafetensorsFile& state) {
    read_state(state, "theta", theta_);
    apply();
}

std::unique_ptr<Method> make_uni_lora(MethodStart start, Model& model) {
    return std::make_unique<UniLora>(std::move(start.adapter), start.subspace, start.seed, model);
}

} // namespace lora
