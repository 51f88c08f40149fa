#pragma once
// What can be done in which state of the engine: the one place that buttons, menus and fields ask.

#include "engine/worker/messages.h"

#include <QString>

namespace lora {

/// What is there, beside the engine's state.
struct SetupStatus {
    bool dataset = false;       ///< read for the loaded model, with something to learn
    bool targets = false;       ///< at least one linear is ticked
    bool sound = false;         ///< the settings have no fault
    QString fault = {};         ///< else the first one, told beside its field too
    bool adapter = false;       ///< an adapter is in place
    bool weights = false;       ///< trained weights are in place, and no adapter
    bool trainsWeights = false; ///< the run that is active trains weights
    bool classifier = false;    ///< the model gives labels, not text
    bool resumable = false;     ///< an opened run that is not finished and has a checkpoint
    bool otherModel = false;    ///< the fields name another model than the one that is open
    bool measuring = false;     ///< the laboratory is at work, which a start would cut off
};

struct EnabledActions {
    bool openModel = false;
    bool openDataset = false;
    bool loadAdapter = false;
    bool unload = false; ///< what stands on the model
    bool saveAdapter = false;
    bool openRun = false;
    bool start = false;
    bool pause = false;
    bool resume = false; ///< of a paused run, or of an opened one from its checkpoint
    bool stop = false;
    bool saveNow = false;
    bool generate = false;
    bool analyse = false; ///< ask the laboratory about the adapter in place, cut, merge or export it
    bool editSetup = false;
    bool planNext = false; ///< change all but model and data, for a run after the one under way
    bool enqueue = false;  ///< add the set-up to the queue
    bool operator==(const EnabledActions&) const = default;
};

EnabledActions enabledActions(EngineState state, const SetupStatus& setup);

/// What is still to be done before a start, a sentence; empty where it can start or is running already.
QString startHint(EngineState state, const SetupStatus& setup);

/// Why the model cannot be talked to; empty where it can.
QString talkHint(EngineState state, const SetupStatus& setup);

/// Why the laboratory cannot be asked; empty where it can.
QString analysisHint(EngineState state, const SetupStatus& setup);

/// Why there is no adapter to save, cut, merge or export; empty where there is one.
QString adapterHint(const SetupStatus& setup);

/// The state in a word for people: "Running".
QString stateWord(EngineState state);

/// Whether a run would be lost by leaving.
bool isRunActive(EngineState state);

} // namespace lora
