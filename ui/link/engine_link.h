#pragma once
// The one QObject that knows the engine's thread: commands go in, events come out as signals on the GUI's
// thread. It drains thirty times a second, so that many steps a second cost one repaint; nothing is dropped.

#include "engine/worker/worker.h"

#include <QObject>
#include <QTimer>
#include <memory>
#include <vector>

namespace lora {

class EngineLink : public QObject {
    Q_OBJECT
public:
    explicit EngineLink(std::function<Work(Emit)> makeWork, QObject* parent = nullptr);
    /// Asks the engine to stop and waits for its thread.
    ~EngineLink() override;

    void post(Command command);
    /// As the engine last told it.
    EngineState state() const { return state_; }
    /// The run whose events are let through; 0 if none.
    RunId run() const { return run_; }

Q_SIGNALS:
    void stateChanged(lora::EngineState state);
    void progressed(const lora::Progress& progress);
    void modelLoaded(std::shared_ptr<const lora::ModelSummary> model);
    void datasetLoaded(const lora::DatasetLoaded& dataset);
    void adapterChanged(const lora::AdapterChanged& adapter);
    void runStarted(const lora::RunStarted& run);
    void stepsDone(const std::vector<lora::StepDone>& steps); ///< all since the last drain, in order
    void evaluationDone(const lora::EvaluationDone& evaluation);
    void spectraDone(const lora::SpectraDone& spectra);
    void alarmRaised(const lora::AlarmRaised& raised);
    void checkpointSaved(const lora::CheckpointSaved& checkpoint);
    void runEnded(const lora::RunEnded& run);
    void runOpened(std::shared_ptr<const lora::RunRecord> record);
    void adapterSaved(const lora::AdapterSaved& adapter);
    void textGenerated(const lora::TextGenerated& text);
    void generationEnded(const lora::GenerationEnded& generation);
    void adaptersCompared(std::shared_ptr<const lora::AdapterComparison> comparison);
    void analysisProgressed(const lora::AnalysisProgress& progress);
    void weightsCompared(const lora::WeightsCompared& compared);
    void rankAdvised(const lora::RankAdvised& advised);
    void modelMerged(const lora::ModelMerged& merged);
    void adapterExported(const lora::AdapterExported& exported);
    void sweepChanged(const lora::SweepChanged& sweep);
    void warned(const lora::Warning& warning);
    void refused(const lora::Refused& refusal);
    void failed(const lora::Failed& failure);

private:
    void drain();
    void tell(const Event& event);
    void flushSteps();
    bool isOfAnotherRun(const Event& event) const;

    std::unique_ptr<Worker> worker_;
    QTimer timer_;
    EngineState state_ = EngineState::Empty;
    RunId run_;
    std::vector<StepDone> steps_;
};

} // namespace lora
