#include "engine/methods/dora.h"

#include "engine/adapters/expert_rules.h"
#include "engine/methods/adapter_tensors.h"
#include "engine/methods/makers.h"
#include "engine/models/magnitude.h"

#include <map>
#include <utility>

namespace lora {

namespace {

std::vector<at::Tensor*> trained(Adapter& adapter) {
    std::vector<at::Tensor*> tensors;
    for (auto& target : adapter.targets) {
        LowRank& update = target.update;
        tensors.insert(tensors.end(), {&update.A, &update.B, &update.magnitude});
    }
    return joined(std::move(tensors), beside_updates(adapter));
}

} // namespace

Adapter with_magnitudes(Adapter adapter, Model& model) {
    need_modules(adapter.targets, "DoRA");
    const std::map<std::string, Linear*> linears = linears_by_path(model);
    for (auto& target : adapter.targets)
        if (!target.update.magnitude.defined())
            target.update.magnitude = row_norms(linears.at(target.path)->frozen(), target.update);
    return adapter;
}

Dora::Dora(Adapter adapter, Model& model) : adapter_(std::move(adapter)), flat_(lay_flat(trained(adapter_))) {
    const std::map<std::string, Linear*> linears = linears_by_path(model);
    for (const auto& target : adapter_.targets) linears_.push_back(linears.at(target.path));
    attach(adapter_, model);
}

void Dora::apply() {
    for (Linear* linear : linears_) linear->renew_norms();
}

std::unique_ptr<Method> make_dora(MethodStart start, Model& model) {
    return std::make_unique<Dora>(with_magnitudes(std::move(start.adapter), model), model);
}

} // namespace lora
