#include "ui/elements/enabled_actions.h"

#include "ui/elements/words.h"

namespace lora {

bool isRunActive(EngineState state) {
    return state == EngineState::Running || state == EngineState::Paused || state == EngineState::Stopping;
}

EnabledActions enabledActions(EngineState state, const SetupStatus& setup) {
    const bool hasModel =
        state == EngineState::Ready || state == EngineState::Paused || state == EngineState::Failed;
    const bool free =
        state == EngineState::Empty || state == EngineState::Ready || state == EngineState::Failed;
    const bool opening = state == EngineState::Loading;
    const bool atRest = free && state != EngineState::Empty;
    const bool whole = setup.dataset && setup.targets && setup.sound && !setup.otherModel;
    return {
        // While something is opened something else may be: it takes the other's place.
        .openModel = free || opening,
        .openDataset = free || opening,
        .loadAdapter = atRest,
        .unload = atRest && (setup.adapter || setup.weights),
        .saveAdapter = hasModel && setup.adapter,
        .openRun = free || opening,
        .start = atRest && whole && !setup.measuring,
        .pause = state == EngineState::Running,
        .resume = state == EngineState::Paused || (free && setup.resumable),
        .stop = state == EngineState::Running || state == EngineState::Paused,
        .saveNow = state == EngineState::Running || state == EngineState::Paused
                   || (state == EngineState::Failed && setup.adapter),
        .generate = hasModel && !setup.classifier && !(isRunActive(state) && setup.trainsWeights),
        .analyse = hasModel && setup.adapter,
        .editSetup = free || opening,
        .planNext = isRunActive(state),
        .enqueue = (atRest || isRunActive(state)) && whole,
    };
}

QString startHint(EngineState state, const SetupStatus& setup) {
    if (state == EngineState::Loading) return tr("Opening…");
    if (isRunActive(state)) return {};
    if (state == EngineState::Empty) return tr("Open a model first.");
    if (setup.otherModel)
        return tr("The model of these settings is not the one that is open; open it first.");
    if (setup.measuring) return tr("The laboratory is measuring; stop it there first.");
    if (!setup.dataset) return tr("Open a dataset to train on.");
    if (!setup.targets) return tr("Tick at least one linear to adapt.");
    if (!setup.fault.isEmpty()) return setup.fault;
    if (!setup.sound) return tr("A setting does not fit; the reason stands beside its field.");
    return {};
}

QString talkHint(EngineState state, const SetupStatus& setup) {
    if (setup.classifier && state != EngineState::Empty && state != EngineState::Loading)
        return tr("This model is a classifier: it gives a text a label, it does not generate.");
    if (isRunActive(state) && setup.trainsWeights)
        return tr("This run trains the model's own weights; it can be talked to when the run has ended.");
    switch (state) {
    case EngineState::Empty: return tr("Open a model to talk to it.");
    case EngineState::Loading: return tr("Opening…");
    case EngineState::Running: return tr("Pause the run to talk to the model.");
    case EngineState::Stopping: return tr("The run is stopping.");
    case EngineState::Ready:
    case EngineState::Paused:
    case EngineState::Failed: return {};
    }
    return {};
}

QString analysisHint(EngineState state, const SetupStatus& setup) {
    switch (state) {
    case EngineState::Empty: return tr("Open a model and an adapter first.");
    case EngineState::Loading: return tr("Opening…");
    case EngineState::Running: return tr("Pause the run to look at its adapter.");
    case EngineState::Stopping: return tr("The run is stopping.");
    case EngineState::Ready:
    case EngineState::Paused:
    case EngineState::Failed: return adapterHint(setup);
    }
    return {};
}

QString adapterHint(const SetupStatus& setup) {
    if (setup.adapter) return {};
    if (setup.weights)
        return tr(
            "What is in place are trained weights, not an adapter; they are saved in their run's folder.");
    return tr("Train an adapter or load one first.");
}

QString stateWord(EngineState state) {
    switch (state) {
    case EngineState::Empty: return tr("No model");
    case EngineState::Loading: return tr("Opening");
    case EngineState::Ready: return tr("Ready");
    case EngineState::Running: return tr("Running");
    case EngineState::Paused: return tr("Paused");
    case EngineState::Stopping: return tr("Stopping");
    case EngineState::Failed: return tr("Stopped by an error");
    }
    return {};
}

} // namespace lora
