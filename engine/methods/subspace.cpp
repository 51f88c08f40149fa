#include "engine/methods/subspace.h"

#include "engine/methods/adapter_tensors.h"
#include "engine/methods/makers.h"
#include "engine/methods/method_state.h"
#include "engine/methods/subspace_files.h"

#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

at::TensorOptions options_of(const TrainedWeights& weights) {
    const at::Tensor& first = weights.all().front().current;
    return at::TensorOptions(at::promoteTypes(first.scalar_type(), at::kFloat)).device(first.device());
}

} // namespace

Subspace::Subspace(Model& model, const std::vector<std::string>& paths, const SubspaceSettings& settings,
    std::uint64_t seed, std::optional<ClassifierHead> head)
    : settings_(settings), seed_(seed), weights_(model, paths), map_(weights_, settings, seed),
      point_(map_.origin(options_of(weights_))) {
    head_.head = std::move(head);
    flat_ = lay_flat(joined({&point_.theta, &point_.lambda}, head_of(head_)));
    attach(head_, model);
}

void Subspace::collect() {
    SubspacePoint gradients{point_.theta.grad(), point_.lambda.grad()};
    map_.collect(weights_, point_, gradients);
}

void Subspace::drop_gradients() {
    for (const TrainedWeight& weight : weights_.all()) weight.current.mutable_grad().reset();
}

void Subspace::write_files(StagedFolder& staged, const ModelSummary& base_model) const {
    SubspaceResult result{.settings = settings_,
        .seed = seed_,
        .weights = {},
        .point = point_,
        .head = head_.head,
        .base_model = base_model.path};
    for (const TrainedWeight& weight : weights_.all()) result.weights.push_back(weight.path);
    write_subspace(staged, result);
}

void Subspace::restore(const SafetensorsFile& state) {
    at::Tensor values = flat_.values;
    read_state(state, "parameters", values);
    apply();
}

std::unique_ptr<Method> make_subspace(MethodStart start, Model& model) {
    return std::make_unique<Subspace>(
        model, start.weights, start.subspace, start.seed, std::move(start.adapter.head));
}

} // namespace lora
