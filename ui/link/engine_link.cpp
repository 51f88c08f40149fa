#include "ui/link/engine_link.h"

#include <type_traits>

namespace lora {

namespace {

constexpr int drainEvery_ms = 33;

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

} // namespace

EngineLink::EngineLink(std::function<Work(Emit)> makeWork, QObject* parent)
    : QObject(parent), worker_(std::make_unique<Worker>(std::move(makeWork))) {
    timer_.setInterval(drainEvery_ms);
    connect(&timer_, &QTimer::timeout, this, &EngineLink::drain);
    timer_.start();
}

EngineLink::~EngineLink() = default;

void EngineLink::post(Command command) { worker_->post(std::move(command)); }

void EngineLink::drain() {
    for (const Event& event : worker_->drain()) {
        if (isOfAnotherRun(event)) continue;
        if (const auto* step = std::get_if<StepDone>(&event)) {
            steps_.push_back(*step);
            continue;
        }
        flushSteps();
        tell(event);
    }
    flushSteps();
}

void EngineLink::flushSteps() {
    if (steps_.empty()) return;
    const std::vector<StepDone> steps = std::exchange(steps_, {});
    Q_EMIT stepsDone(steps);
}

bool EngineLink::isOfAnotherRun(const Event& event) const {
    return std::visit(
        [this](const auto& each) {
            if constexpr (std::is_same_v<std::decay_t<decltype(each)>, RunStarted>)
                return false;
            else if constexpr (requires { each.run; })
                return each.run != RunId{} && each.run != run_;
            else
                return false;
        },
        event);
}

void EngineLink::tell(const Event& event) {
    std::visit(Overloaded{
                   [this](const StateChanged& e) {
                       state_ = e.state;
                       Q_EMIT stateChanged(e.state);
                   },
                   [this](const Progress& e) { Q_EMIT progressed(e); },
                   [this](const ModelLoaded& e) {
                       run_ = {};
                       Q_EMIT modelLoaded(e.model);
                   },
                   [this](const DatasetLoaded& e) { Q_EMIT datasetLoaded(e); },
                   [this](const AdapterChanged& e) { Q_EMIT adapterChanged(e); },
                   [this](const RunStarted& e) {
                       run_ = e.run;
                       Q_EMIT runStarted(e);
                   },
                   [](const StepDone&) {},
                   [this](const EvaluationDone& e) { Q_EMIT evaluationDone(e); },
                   [this](const SpectraDone& e) { Q_EMIT spectraDone(e); },
                   [this](const AlarmRaised& e) { Q_EMIT alarmRaised(e); },
                   [this](const CheckpointSaved& e) { Q_EMIT checkpointSaved(e); },
                   [this](const RunEnded& e) { Q_EMIT runEnded(e); },
                   [this](const RunOpened& e) {
                       run_ = {};
                       Q_EMIT runOpened(e.record);
                   },
                   [this](const AdapterSaved& e) { Q_EMIT adapterSaved(e); },
                   [this](const TextGenerated& e) { Q_EMIT textGenerated(e); },
                   [this](const GenerationEnded& e) { Q_EMIT generationEnded(e); },
                   [this](const AdaptersCompared& e) { Q_EMIT adaptersCompared(e.comparison); },
                   [this](const AnalysisProgress& e) { Q_EMIT analysisProgressed(e); },
                   [this](const WeightsCompared& e) { Q_EMIT weightsCompared(e); },
                   [this](const RankAdvised& e) { Q_EMIT rankAdvised(e); },
                   [this](const ModelMerged& e) { Q_EMIT modelMerged(e); },
                   [this](const AdapterExported& e) { Q_EMIT adapterExported(e); },
                   [this](const SweepChanged& e) { Q_EMIT sweepChanged(e); },
                   [this](const Warning& e) { Q_EMIT warned(e); },
                   [this](const Refused& e) { Q_EMIT refused(e); },
                   [this](const Failed& e) { Q_EMIT failed(e); },
               },
        event);
}

} // namespace lora
