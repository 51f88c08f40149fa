#include "engine/session/placed_result.h"

#include "engine/adapters/peft.h"
#include "engine/error.h"
#include "engine/methods/trained_result.h"
#include "engine/worker/messages.h"

#include <utility>

namespace lora {

void PlacedResult::put_on(Adapter adapter, const std::string& name, LoadedModel& loaded) {
    adapter = with_widths_of(*loaded.model, std::move(adapter));
    check_fit(adapter, *loaded.model);
    weights_.reset();
    attach(adapter, *loaded.model);
    adapter_ = std::move(adapter);
    AdapterChanged changed{name, {}, adapter_->rank(), adapter_->alpha(), adapter_->parameters()};
    for (const auto& target : adapter_->targets) changed.targets.push_back(target.path);
    emit_(std::move(changed));
}

void PlacedResult::put_on(
    const std::string& folder, MethodKind method, const std::string& name, LoadedModel& loaded) {
    if (trains_weights(method)) return put_on_weights(folder, name, loaded);
    put_on(read_peft(folder, loaded.model->device()), name, loaded);
}

void PlacedResult::put_on_weights(const std::string& folder, const std::string& name, LoadedModel& loaded) {
    suspend();
    try {
        weights_ = put_on_result(folder, *loaded.model);
    } catch (...) {
        restore(loaded);
        throw;
    }
    detach(*loaded.model);
    adapter_.reset();
    AdapterChanged changed{.name = name, .targets = {}, .weights = true};
    for (const auto& matrix : weights_->matrices()) changed.targets.push_back(matrix.linear);
    changed.parameters = weights_->values();
    emit_(std::move(changed));
}

void PlacedResult::suspend() {
    if (weights_) weights_->show_original();
}

void PlacedResult::restore(LoadedModel& loaded) {
    if (weights_) weights_->show_trained();
    if (adapter_)
        attach(*adapter_, *loaded.model);
    else
        detach(*loaded.model);
}

void PlacedResult::take_off(LoadedModel* loaded) {
    let_go_of_model();
    if (loaded != nullptr) detach(*loaded->model);
    emit_(AdapterChanged{});
}

void PlacedResult::let_go_of_model() {
    weights_.reset();
    adapter_.reset();
}

void PlacedResult::save(const std::string& folder, const ModelSummary& model) const {
    if (weights_)
        throw Error(
            "what is in place are trained weights, not an adapter; they are saved in their run's folder");
    if (!adapter_) throw Error("there is no adapter to save; train or load one first");
    write_peft(folder, *adapter_, model);
}

} // namespace lora
