#pragma once
// The tiny Llamas of tests/fixtures/llama, opened without a tokenizer, which most of those folders lack, and
// what tests ask of them.

#include "engine/architectures/catalog.h"
#include "engine/checkpoints/summary.h"
#include "engine/error.h"
#include "engine/files/safetensors.h"
#include "engine/models/safetensors_tensors.h"

#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

inline std::unique_ptr<Model> open_llama(const std::string& folder, at::ScalarType type = at::kFloat) {
    Weights weights = open_weights(folder);
    weights.prepare(at::kCPU, type, {}, {});
    return make_model(weights, at::kCPU);
}

inline at::Tensor tensor_of(const std::string& path, const std::string& name) {
    const SafetensorsFile file(path);
    const TensorView* view = file.find(name);
    if (view == nullptr) throw Error(path + " lacks " + name);
    return owned_tensor(*view);
}

/// What the command and the window know of a model, as far as adapters need it.
inline ModelSummary summary_of(Model& model, const std::string& path) {
    ModelSummary summary;
    summary.path = path;
    for (const auto& [name, layer, linear] : model.named_linears())
        summary.linears.push_back({.path = name,
            .layer = layer,
            .module = name.substr(name.rfind('.') + 1),
            .group = {},
            .in = linear->in(),
            .out = linear->out()});
    return summary;
}

/// [T] → [T, V], one sample without a cache.
inline at::Tensor logits_of(const Model& model, const std::vector<std::int32_t>& sample) {
    const c10::NoGradGuard no_gradient;
    const Pass pass;
    return model.logits(model.hidden(PackedTokens::pack({sample}, at::kCPU), pass), pass);
}

inline at::Tensor logits_of(const Model& model, const at::Tensor& ids) {
    const std::int64_t* data = ids.const_data_ptr<std::int64_t>();
    return logits_of(model, std::vector<std::int32_t>(data, data + ids.numel()));
}

inline double largest_difference(const at::Tensor& a, const at::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

} // namespace lora
