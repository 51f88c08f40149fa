#include "engine/session/placed_result.h"

#include "engine/adapters/peft.h"
#include "engine/adapters/tokens_in_place.h"
#include "engine/error.h"
#include "engine/methods/trained_result.h"
#include "engine/worker/messages.h"

#include <map>
#include <utility>

namespace lora {

namespace {

std::optional<std::int64_t> step_of(const std::optional<ResultOrigin>& origin) {
    return origin ? std::optional(origin->step) : std::nullopt;
}

} // namespace

void PlacedResult::put_on(Adapter adapter, const std::string& name, const std::optional<ResultOrigin>& origin,
    LoadedModel& loaded) {
    adapter = with_widths_of(*loaded.model, std::move(adapter));
    check_fit(adapter, *loaded.model);
    weights_.reset();
    attach(adapter, loaded);
    adapter_ = std::move(adapter);
    origin_ = origin;
    AdapterChanged changed{name, {}, adapter_->rank(), adapter_->alpha(), adapter_->parameters()};
    for (const auto& target : adapter_->targets) changed.targets.push_back(target.path);
    changed.step = step_of(origin_);
    emit_(std::move(changed));
}

void PlacedResult::put_on(
    const std::string& folder, MethodKind method, const std::string& name, LoadedModel& loaded) {
    if (trains_weights(method)) return put_on_weights(folder, name, loaded);
    put_on(read_peft(folder, loaded.model->device()), name, read_origin(folder), loaded);
}

void PlacedResult::put_on_weights(const std::string& folder, const std::string& name, LoadedModel& loaded) {
    const std::optional<ResultOrigin> origin = read_origin(folder);
    suspend();
    try {
        weights_ = put_on_result(folder, *loaded.model);
    } catch (...) {
        restore(loaded);
        throw;
    }
    detach(loaded);
    adapter_.reset();
    origin_ = origin;
    AdapterChanged changed{.name = name, .targets = {}, .weights = true};
    for (const auto& matrix : weights_->matrices()) changed.targets.push_back(matrix.linear);
    changed.parameters = weights_->values();
    changed.step = step_of(origin_);
    emit_(std::move(changed));
}

void PlacedResult::suspend() {
    if (weights_) weights_->show_original();
}

void PlacedResult::restore(LoadedModel& loaded) {
    if (weights_) weights_->show_trained();
    if (adapter_)
        attach(*adapter_, loaded);
    else
        detach(loaded);
}

void PlacedResult::take_off(LoadedModel* loaded) {
    let_go_of_model();
    if (loaded != nullptr) detach(*loaded);
    emit_(AdapterChanged{});
}

void PlacedResult::let_go_of_model() {
    weights_.reset();
    adapter_.reset();
    origin_.reset();
}

void PlacedResult::save(const std::string& folder, const ModelSummary& model) const {
    if (weights_)
        throw Error(
            "what is in place are trained weights, not an adapter; they are saved in their run's folder");
    if (!adapter_) throw Error("there is no adapter to save; train or load one first");
    std::map<std::string, std::string> beside;
    if (origin_) beside.insert(file_of(*origin_));
    write_peft(folder, *adapter_, model, beside);
}

} // namespace lora
