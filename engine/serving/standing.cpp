#include "engine/serving/standing.h"

#include <utility>

namespace lora {

bool Standing::is_active() const {
    return state_.state != EngineState::Empty && state_.state != EngineState::Ready
           && state_.state != EngineState::Failed;
}

void Standing::take(const Event& event) {
    if (const auto* changed = std::get_if<StateChanged>(&event)) state_ = *changed;
    if (const auto* loaded = std::get_if<ModelLoaded>(&event)) {
        model_ = ModelLoaded{loaded->model};
        opened_.reset();
        run_.reset();
        spectra_.reset();
    }
    if (std::holds_alternative<ModelClosed>(event)) model_.reset();
    if (const auto* changed = std::get_if<AdapterChanged>(&event)) {
        adapter_ = *changed;
        spectra_.reset();
    }
    if (const auto* opened = std::get_if<RunOpened>(&event)) {
        opened_ = *opened;
        run_.reset();
    }
    if (const auto* changed = std::get_if<SweepChanged>(&event)) sweep_ = *changed;
    if (const auto* started = std::get_if<RunStarted>(&event)) {
        RunRecord record = started->before ? *started->before : RunRecord{};
        record.folder = started->folder;
        record.settings = started->settings;
        record.total_steps = started->total_steps;
        run_ = Run{*started, std::move(record)};
        opened_.reset();
        spectra_.reset();
    }
    take_of_run(event);
}

void Standing::take_of_run(const Event& event) {
    const auto* spectra = std::get_if<SpectraDone>(&event);
    if (spectra != nullptr && spectra->run == RunId{}) spectra_ = *spectra;
    if (!run_) return;
    RunRecord& record = run_->record;
    if (const auto* step = std::get_if<StepDone>(&event)) record.steps.push_back(step->record);
    if (const auto* done = std::get_if<EvaluationDone>(&event)) record.evaluations.push_back(done->record);
    if (const auto* given = std::get_if<AnswersGiven>(&event)) record.answers.push_back(*given->record);
    if (spectra != nullptr && spectra->run == run_->started.run) record.spectra.push_back(spectra->spectra);
    if (const auto* raised = std::get_if<AlarmRaised>(&event)) run_->alarms.push_back(*raised);
    if (const auto* saved = std::get_if<CheckpointSaved>(&event)) record.checkpoint = saved->step;
    if (std::holds_alternative<RunEnded>(event) || std::holds_alternative<Failed>(event)) run_->end = event;
}

void Standing::add_run_to(std::vector<Event>& events) const {
    RunStarted started = run_->started;
    if (!run_->record.steps.empty() || !run_->record.evaluations.empty()) {
        started.before = std::make_shared<const RunRecord>(run_->record);
        started.resumed = true;
        if (!run_->record.steps.empty()) started.first_step = run_->record.steps.back().step + 1;
    }
    events.emplace_back(std::move(started));
    events.insert(events.end(), run_->alarms.begin(), run_->alarms.end());
    if (run_->end) events.push_back(*run_->end);
}

// As an engine tells it: the model first, since with it goes what was open before.
std::vector<Event> Standing::events() const {
    std::vector<Event> events;
    if (model_) events.emplace_back(*model_);
    if (opened_) events.emplace_back(*opened_);
    if (adapter_) events.emplace_back(*adapter_);
    if (sweep_) events.emplace_back(*sweep_);
    if (run_) add_run_to(events);
    if (spectra_) events.emplace_back(*spectra_);
    events.emplace_back(state_);
    return events;
}

} // namespace lora
