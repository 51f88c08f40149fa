#include "ui/window/alarm_mends.h"

namespace lora {

namespace {

/// Whether steps that are too large are what it comes from. Of rows that were learned by heart the best
/// checkpoint is the way out.
bool comesOfTheRate(AlarmKind kind) {
    switch (kind) {
    case AlarmKind::LossRises:
    case AlarmKind::LossSpikes:
    case AlarmKind::NanNear:
    case AlarmKind::Jump:
    case AlarmKind::BeyondWeights:
    case AlarmKind::WorseThanBefore:
    case AlarmKind::EndedWorse: return true;
    case AlarmKind::Overfits:
    case AlarmKind::StillZero:
    case AlarmKind::OneDirection:
    case AlarmKind::Starved:
    case AlarmKind::LearnsNothing:
    case AlarmKind::MemoryNearEnd:
    case AlarmKind::GrowsForNothing: break;
    }
    return false;
}

} // namespace

AlarmMends::AlarmMends(EngineLink& link, QObject* parent) : QObject(parent), link_(link) {
    link.on<RunStarted>(this, [this](const RunStarted& run) {
        takeRun(
            run.folder, run.settings, run.before ? run.before->evaluations : std::vector<EvaluationRecord>());
        isActive_ = true;
    });
    link.on<EvaluationDone>(this, [this](const EvaluationDone& evaluation) { take(evaluation.record); });
    link.on<RunEnded>(this, [this](const RunEnded&) { isActive_ = false; });
    link.on<Failed>(this, [this](const Failed&) { isActive_ = false; });
    link.on<RunOpened>(this, [this](const RunOpened& opened) {
        const RunRecord& record = *opened.record;
        takeRun(record.folder, record.settings,
            record.best ? record.evaluations : std::vector<EvaluationRecord>());
        isActive_ = false;
    });
    link.on<SweepChanged>(this, [this](const SweepChanged& sweep) { isSweep_ = !sweep.over; });
}

void AlarmMends::takeRun(const std::string& folder, const RunSettings& settings,
    const std::vector<EvaluationRecord>& evaluations) {
    folder_ = folder;
    rate_ = settings.training.lr;
    evaluations_ = {};
    before_.reset();
    for (const EvaluationRecord& each : evaluations) take(each);
}

void AlarmMends::take(const EvaluationRecord& evaluation) {
    if (evaluation.step == 0) before_ = evaluation.loss;
    evaluations_.add(evaluation);
}

std::optional<std::int64_t> AlarmMends::betterStep() const {
    const auto& best = evaluations_.best();
    if (isSweep_ || !best || evaluations_.without_gain() == 0) return std::nullopt;
    return before_ && best->loss >= *before_ ? std::nullopt : std::optional(best->step);
}

void AlarmMends::stopFirst() {
    if (isActive_) link_.post(StopRun{});
}

std::optional<BannerAction> AlarmMends::openBest() {
    const auto step = betterStep();
    if (!step) return std::nullopt;
    const QString words =
        isActive_ ? tr("Stop and go back to the best, step %1") : tr("Open the best, step %1");
    return BannerAction{words.arg(*step), [this, folder = folder_] {
                            stopFirst();
                            link_.post(OpenRun{folder, /*best=*/true});
                        }};
}

std::vector<BannerAction> AlarmMends::of(const Alarm& alarm) {
    if (is_advice(alarm.kind) || isSweep_) return {};
    std::vector<BannerAction> actions;
    if (isActive_) actions.emplace_back(tr("Stop the run"), [this] { stopFirst(); });
    if (auto best = openBest()) actions.push_back(std::move(*best));
    if (comesOfTheRate(alarm.kind) && rate_ > 0)
        actions.emplace_back(
            isActive_ ? tr("Stop and halve the learning rate") : tr("Halve the learning rate"),
            [this, rate = rate_ / 2] {
                stopFirst();
                Q_EMIT learningRateWanted(rate);
            });
    return actions;
}

} // namespace lora
