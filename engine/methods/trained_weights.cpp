#include "engine/methods/trained_weights.h"

#include "engine/error.h"

#include <map>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

std::vector<NamedParameter> parameters_at(Model& model, const std::vector<std::string>& paths) {
    std::map<std::string, NamedParameter> there;
    for (NamedParameter& parameter : model.named_parameters()) there.emplace(parameter.path, parameter);
    std::vector<NamedParameter> found;
    for (const std::string& path : paths) {
        const auto parameter = there.find(path);
        if (parameter == there.end()) fail("weights", "'" + shown(path) + "'", "a weight of the model");
        found.push_back(parameter->second);
    }
    return found;
}

std::vector<std::string> paths_of(const std::vector<TrainedWeight>& weights) {
    std::vector<std::string> paths;
    paths.reserve(weights.size());
    for (const TrainedWeight& weight : weights) paths.push_back(weight.path);
    return paths;
}

} // namespace

TrainedWeights::TrainedWeights(Model& model, const std::vector<std::string>& paths) : model_(model) {
    const c10::NoGradGuard no_gradient;
    const std::vector<NamedParameter> parameters = parameters_at(model, paths);
    if (parameters.empty()) throw Error("no weights are chosen to be trained");
    for (const NamedParameter& parameter : parameters) {
        const at::Tensor original = parameter.whole();
        weights_.push_back(
            {parameter.path, parameter.layer, original, original.clone(at::MemoryFormat::Contiguous)});
    }
    put_copies_in();
}

TrainedWeights::~TrainedWeights() { show_original(); }

void TrainedWeights::put_copies_in() {
    const c10::NoGradGuard no_gradient;
    const std::vector<NamedParameter> parameters = parameters_at(model_, paths_of(weights_));
    for (std::size_t i = 0; i < parameters.size(); ++i) *parameters[i].tensor = weights_[i].current.detach();
    model_.parameters_replaced(); // copies that lie side by side may be other tensors now
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        at::Tensor& tensor = *parameters[i].tensor;
        tensor = tensor.detach().requires_grad_(true);
        weights_[i].current = tensor;
    }
    model_.parameters_replaced();
    trained_shown_ = true;
}

void TrainedWeights::show_original() {
    if (!trained_shown_) return;
    for (const NamedParameter& parameter : model_.named_parameters())
        for (const TrainedWeight& weight : weights_)
            if (weight.path == parameter.path) *parameter.tensor = weight.original;
    model_.parameters_replaced();
    trained_shown_ = false;
}

void TrainedWeights::show_trained() {
    if (!trained_shown_) put_copies_in();
}

std::int64_t TrainedWeights::values() const {
    std::int64_t count = 0;
    for (const TrainedWeight& weight : weights_) count += weight.current.numel();
    return count;
}

std::vector<TrainedMatrix> TrainedWeights::matrices() const {
    std::map<std::string, const TrainedWeight*> by_path;
    for (const TrainedWeight& weight : weights_) by_path[weight.path] = &weight;
    std::vector<TrainedMatrix> found;
    for (const NamedLinear& named : model_.named_linears())
        if (const auto weight = by_path.find(named.path + ".weight"); weight != by_path.end())
            found.push_back({named.path, weight->second});
    return found;
}

} // namespace lora
