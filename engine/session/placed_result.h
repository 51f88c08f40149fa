#pragma once
// What stands on a session's model: an adapter, or the weights that full fine-tuning or a subspace gave, or
// nothing. Says so whenever it changes.

#include "engine/adapters/adapter.h"
#include "engine/architectures/catalog.h"
#include "engine/methods/trained_weights.h"
#include "engine/run_settings/method_settings.h"
#include "engine/runs/result_origin.h"
#include "engine/worker/worker.h"

#include <memory>
#include <optional>
#include <string>

namespace lora {

class PlacedResult {
public:
    explicit PlacedResult(Emit emit) : emit_(std::move(emit)) {}

    /// In place of what stood there; `name` is for people, `origin` none where it is not known. Throws Error
    /// where it does not fit; what stood there then stands on.
    void put_on(Adapter adapter, const std::string& name, const std::optional<ResultOrigin>& origin,
        LoadedModel& loaded);
    /// The result of a run or a subspace's folder, likewise.
    void put_on(const std::string& folder, MethodKind method, const std::string& name, LoadedModel& loaded);
    /// Makes the model the base again for a run that is about to start; what stood there is let go once the
    /// run's own adapter is put on.
    void suspend();
    /// Undoes suspend(), after such a run could not start.
    void restore(LoadedModel& loaded);
    /// Nothing stands there any more. `loaded` is null where no model is open.
    void take_off(LoadedModel* loaded);
    /// The model goes, and what stood on it; not told, since a new model tells as much.
    void let_go_of_model();

    /// It was trained further where it stands.
    void note_origin(const ResultOrigin& origin) { origin_ = origin; }

    const std::optional<Adapter>& adapter() const { return adapter_; }
    TrainedWeights* weights() const { return weights_.get(); } ///< null: none
    /// The adapter as a PEFT folder that says which step it is. Throws Error where there is none.
    void save(const std::string& folder, const ModelSummary& model) const;

private:
    void put_on_weights(const std::string& folder, const std::string& name, LoadedModel& loaded);

    Emit emit_;
    std::optional<Adapter> adapter_;
    std::optional<ResultOrigin> origin_;
    std::unique_ptr<TrainedWeights> weights_;
};

} // namespace lora
