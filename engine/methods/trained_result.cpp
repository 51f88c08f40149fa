#include "engine/methods/trained_result.h"

#include "engine/architectures/catalog.h"
#include "engine/error.h"
#include "engine/methods/subspace_files.h"

#include <map>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

std::unique_ptr<TrainedWeights> put_on_model(const std::string& folder, Model& model) {
    const c10::NoGradGuard no_gradient;
    const at::ScalarType type = model.head().frozen().type();
    const LoadedModel changed = load_model(folder, model.device().str(), type);
    std::map<std::string, at::Tensor> other;
    for (const NamedParameter& parameter : changed.model->named_parameters())
        other[parameter.path] = parameter.whole();
    std::vector<std::string> paths;
    for (const NamedParameter& parameter : model.named_parameters()) {
        const auto found = other.find(parameter.path);
        const at::Tensor own = parameter.whole();
        if (found == other.end() || found->second.sizes() != own.sizes())
            fail(folder + ": " + shown(parameter.path), found == other.end() ? "none" : "another shape",
                "the base model's; is this what was trained from it?");
        if (!at::equal(found->second, own)) paths.push_back(parameter.path);
    }
    if (paths.empty()) fail(folder, "the same weights as the base model's", "trained ones");
    auto weights = std::make_unique<TrainedWeights>(model, paths);
    for (const TrainedWeight& weight : weights->all())
        at::Tensor(weight.current).copy_(other.at(weight.path));
    return weights;
}

} // namespace

std::unique_ptr<TrainedWeights> put_on_result(const std::string& folder, Model& model) {
    return is_subspace(folder) ? put_on(read_subspace(folder), model) : put_on_model(folder, model);
}

} // namespace lora
