#include "engine/methods/full_fine_tuning.h"

#include "engine/adapters/changed_model.h"
#include "engine/methods/adapter_tensors.h"
#include "engine/methods/makers.h"
#include "engine/methods/method_state.h"

#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

FullFineTuning::FullFineTuning(
    Model& model, const std::vector<std::string>& paths, std::optional<ClassifierHead> head)
    : weights_(model, paths) {
    const c10::NoGradGuard no_gradient;
    head_.head = std::move(head);
    for (const TrainedWeight& weight : weights_.all()) {
        const at::Tensor values = weight.current.detach();
        const at::ScalarType type = at::promoteTypes(values.scalar_type(), at::kFloat);
        groups_.push_back({values.to(type), at::zeros_like(values, values.options().dtype(type))});
        if (type == values.scalar_type()) weight.current.mutable_grad() = groups_.back().gradients;
    }
    if (head_.head) groups_.push_back(lay_flat(head_of(head_)));
    attach(head_, model);
}

bool FullFineTuning::has_masters(std::size_t weight) const {
    return groups_[weight].values.scalar_type() != weights_.all()[weight].current.scalar_type();
}

void FullFineTuning::apply() {
    const c10::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < weights_.all().size(); ++i)
        if (has_masters(i)) at::Tensor(weights_.all()[i].current).copy_(groups_[i].values);
}

void FullFineTuning::collect() {
    const c10::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < weights_.all().size(); ++i) {
        const at::Tensor& current = weights_.all()[i].current;
        if (!has_masters(i) || !current.grad().defined()) continue;
        groups_[i].gradients.add_(current.grad());
        current.mutable_grad().reset();
    }
}

void FullFineTuning::drop_gradients() {
    for (std::size_t i = 0; i < weights_.all().size(); ++i)
        if (has_masters(i)) weights_.all()[i].current.mutable_grad().reset();
}

void FullFineTuning::write_files(StagedFolder& staged, const ModelSummary& base_model) const {
    std::vector<NamedTensor> changed;
    for (const TrainedWeight& weight : weights_.all())
        changed.push_back({weight.path, weight.current.detach()});
    write_changed_model(staged, base_model.path, changed, head_.head);
}

std::vector<NamedTensor> FullFineTuning::state() const {
    std::vector<NamedTensor> tensors;
    for (std::size_t i = 0; i < weights_.all().size(); ++i)
        tensors.push_back({weights_.all()[i].path, groups_[i].values});
    if (head_.head) tensors.push_back({"classifier", groups_.back().values});
    return tensors;
}

void FullFineTuning::restore(const SafetensorsFile& state) {
    const c10::NoGradGuard no_gradient;
    for (const NamedTensor& tensor : this->state()) {
        at::Tensor values = tensor.tensor;
        read_state(state, tensor.name, values);
    }
    apply();
}

std::unique_ptr<Method> make_full_fine_tuning(MethodStart start, Model& model) {
    return std::make_unique<FullFineTuning>(model, start.weights, std::move(start.adapter.head));
}

} // namespace lora
