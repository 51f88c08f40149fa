#include "ui/window/notices.h"

#include "engine/method_sheets/method_sheet.h"
#include "engine/runs/run_health.h"
#include "ui/elements/quantities.h"
#include "ui/elements/words.h"
#include "ui/plots/score_words.h"
#include "ui/window/message_log.h"

#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// What a run gave, and where it lies.
QString whereResult(MethodKind method, const QString& folder) {
    switch (sheet_of(method).result) {
    case ResultKind::Weights: return Notices::tr("The trained model is in %1").arg(folder);
    case ResultKind::Subspace: return Notices::tr("The subspace's numbers are in %1").arg(folder);
    case ResultKind::Adapter: break;
    }
    return Notices::tr("The adapter is in %1").arg(folder);
}

QString wordsOf(const Alarm& alarm) { return text(alarm.sentence + " " + alarm.advice); }

// What notes are about: a run, the files that are opened, or what was asked by a command.
constexpr QLatin1StringView aboutRun("run");
constexpr QLatin1StringView aboutFiles("files");

QString aboutCommand(std::size_t kind) { return u"command %1"_s.arg(kind); }

template <class... Commands>
void forgetCommands(BannerArea& banners) {
    (banners.forget(aboutCommand(Command(Commands{}).index())), ...);
}

} // namespace

Notices::Notices(EngineLink& link, BannerArea* banners, MessageLog* log)
    : QObject(banners), mends_(link), banners_(banners), log_(log) {
    followRuns(link);
    followEnds(link);
    followFiles(link);
    followAnswers(link);
    followFaults(link);
    connect(banners_, &BannerArea::messagesWanted, log_, &MessageLog::bringForward);
    connect(log_, &MessageLog::unseenChanged, banners_, &BannerArea::setUnseen);
}

void Notices::followRuns(EngineLink& link) {
    link.on<RunStarted>(this, [this](const RunStarted& run) {
        method_ = run.settings.method;
        patience_ = run.settings.training.patience;
        beginRun();
        forgetCommands<StartRun, ResumeRun>(*banners_);
        log_->add(tr("Run started: %1").arg(text(run.folder)));
    });
    link.on<EvaluationDone>(this, [this](const EvaluationDone& evaluation) {
        const EvaluationRecord& record = evaluation.record;
        log_->add(tr("Evaluation after step %1: loss %2").arg(record.step).arg(measureText(record.loss))
                  + scoresText(record));
    });
    link.on<AlarmRaised>(this, [this](const AlarmRaised& raised) { raise(raised.alarm); });
    link.on<RunOpened>(this, [this](const RunOpened& opened) { tellOpened(opened); });
    link.on<CheckpointSaved>(this, [this](const CheckpointSaved& saved) {
        forgetCommands<SaveNow>(*banners_);
        const QString words = saved.best ? tr("Checkpoint of step %1, the best evaluation so far: %2")
                                         : tr("Checkpoint of step %1: %2");
        log_->add(words.arg(saved.step).arg(text(saved.folder)));
    });
}

void Notices::followEnds(EngineLink& link) {
    link.on<RunEnded>(this, [this](const RunEnded& run) { tellEnd(run); });
    link.on<Failed>(this, [this](const Failed& failure) {
        beginRun(); // what could be stopped has stopped
        show(BannerKind::Error, tr("The run stopped by an error.\n%1").arg(text(failure.why)), aboutRun,
            orBest());
    });
    link.on<SweepChanged>(this, [this](const SweepChanged& sweep) {
        isSweep_ = !sweep.over;
        forgetCommands<StartSweep, ResumeSweep>(*banners_);
        if (sweep.over) say(tr("The sweep in %1 ended.").arg(text(sweep.folder)));
    });
}

void Notices::beginRun() {
    alarms_.clear();
    banners_->forget(aboutRun);
}

// An alarm calls for a decision while the run goes on, advice does not.
void Notices::raise(const Alarm& alarm) {
    alarms_.push_back(alarm);
    log_->note(wordsOf(alarm));
    if (alarm.kind != AlarmKind::EndedWorse) showAlarm(alarm); // which the run's end says
}

void Notices::showAlarm(const Alarm& alarm) {
    banners_->show(is_advice(alarm.kind) ? BannerKind::Information : BannerKind::Warning, wordsOf(alarm),
        mends_.of(alarm), aboutRun);
}

std::vector<BannerAction> Notices::orBest() {
    auto best = mends_.openBest();
    return best ? std::vector{std::move(*best)} : std::vector<BannerAction>();
}

void Notices::tellOpened(const RunOpened& opened) {
    beginRun();
    forgetCommands<OpenRun>(*banners_);
    banners_->forget(aboutFiles);
    const RunRecord& record = *opened.record;
    if (opened.best && record.best) {
        say(tr("In place is the result of step %1, whose evaluation was the run's best: loss %2.")
                .arg(record.best->step)
                .arg(measureText(record.best->loss)),
            aboutRun);
    } else if (const auto actions = orBest(); record.best && !actions.empty()) {
        offer(tr("The run's best evaluation was after step %1, loss %2; in place is its last result.")
                  .arg(record.best->step)
                  .arg(measureText(record.best->loss)),
            actions);
    }
    // Backwards: what was wrong first comes to the front.
    const std::vector<Alarm> alarms = find_alarms(record);
    for (auto each = alarms.rbegin(); each != alarms.rend(); ++each) {
        log_->note(wordsOf(*each));
        showAlarm(*each);
    }
}

void Notices::tellEnd(const RunEnded& run) {
    const auto worse = std::find_if(alarms_.begin(), alarms_.end(),
        [](const Alarm& alarm) { return alarm.kind == AlarmKind::EndedWorse; });
    const bool didHarm = worse != alarms_.end();
    QString all = endWords(run, didHarm);
    if (didHarm) all += u' ' + wordsOf(*worse);
    if (run.best)
        all += u' '
               + tr("The best evaluation was after step %1: loss %2.")
                     .arg(run.best->step)
                     .arg(measureText(run.best->loss));
    all += u' ' + whereResult(method_, text(run.adapter));
    if (isSweep_) return log_->add(all); // the sweep's page tells of each
    banners_->forget(aboutRun);
    for (const Alarm& alarm : alarms_) // what they offered to stop has ended
        if (alarm.kind != AlarmKind::EndedWorse && alarm.kind != AlarmKind::WorseThanBefore) showAlarm(alarm);
    show(didHarm ? BannerKind::Warning : BannerKind::Information, all, aboutRun,
        didHarm ? mends_.of(*worse) : orBest());
}

/// %1 is the step.
QString Notices::endWords(const RunEnded& run, bool didHarm) const {
    if (run.end == RunEnd::NoGain && patience_ == 1)
        return tr("The run ended early, at step %1: the last evaluation brought no gain.").arg(run.step);
    if (run.end == RunEnd::NoGain)
        return tr("The run ended early, at step %1: %2 evaluations in a row brought no gain.")
            .arg(run.step)
            .arg(patience_);
    const QString words = !run.finished ? tr("The run was stopped at step %1.")
                          : didHarm     ? tr("The run went through all %1 steps and did harm.")
                                        : tr("The run is finished: all %1 steps.");
    return words.arg(run.step);
}

void Notices::followFiles(EngineLink& link) {
    link.on<ModelLoaded>(this, [this](const ModelLoaded&) {
        forgetCommands<LoadModel>(*banners_);
        banners_->forget(aboutFiles);
    });
    link.on<DatasetLoaded>(this, [this](const DatasetLoaded&) {
        forgetCommands<LoadDataset>(*banners_);
        banners_->forget(aboutFiles);
    });
    link.on<AdapterChanged>(this, [this](const AdapterChanged& adapter) {
        if (adapter.targets.empty()) return;
        forgetCommands<LoadAdapter>(*banners_);
        banners_->forget(aboutFiles);
    });
    link.on<AdapterSaved>(this, [this](const AdapterSaved& saved) {
        forgetCommands<SaveAdapter, SaveTruncated>(*banners_);
        say(tr("Saved in %1").arg(text(saved.folder)));
    });
    link.on<ModelMerged>(this, [this](const ModelMerged& merged) {
        forgetCommands<MergeModel>(*banners_);
        for (const std::string& note : merged.notes) show(BannerKind::Warning, text(note), {});
        say(tr("The merged model was written to %1 (%2).").arg(text(merged.path), bytesText(merged.bytes)));
    });
    link.on<AdapterExported>(this, [this](const AdapterExported& exported) {
        forgetCommands<ExportGguf>(*banners_);
        say(tr("The adapter was written for llama.cpp: %1").arg(text(exported.file)));
    });
}

void Notices::followAnswers(EngineLink& link) {
    link.on<GenerationEnded>(this, [this](const GenerationEnded&) { forgetCommands<Generate>(*banners_); });
    link.on<AdaptersCompared>(
        this, [this](const AdaptersCompared&) { forgetCommands<CompareAdapters>(*banners_); });
    link.on<WeightsCompared>(this, [this](const WeightsCompared& compared) {
        if (compared.state == AnswerState::Finished) forgetCommands<CompareWithWeights>(*banners_);
    });
    link.on<RankAdvised>(this, [this](const RankAdvised& advised) {
        if (advised.finished) forgetCommands<AdviseRank>(*banners_);
    });
}

void Notices::followFaults(EngineLink& link) {
    link.on<Warning>(
        this, [this](const Warning& each) { show(BannerKind::Warning, text(each.text), aboutRun); });
    link.on<Refused>(this, [this](const Refused& refused) {
        complain(tr("Could not %1.\n%2")
                     .arg(text(describe(refused.request.command)), QString::fromUtf8(refused.why.what())),
            aboutCommand(refused.request.command.index()));
    });
    link.on<ModelClosed>(this, [this](const ModelClosed& closed) {
        const QString why = closed.why.empty()
                                ? tr("The model that was open had to be closed first: memory does not "
                                     "hold both. None is open now.")
                                : text(closed.why);
        show(BannerKind::Warning, why, aboutFiles);
    });
}

void Notices::show(
    BannerKind kind, const QString& text, const QString& about, const std::vector<BannerAction>& actions) {
    log_->note(text);
    banners_->show(kind, text, actions, about);
}

void Notices::say(const QString& words, const QString& about) {
    if (!about.isEmpty()) banners_->forget(about);
    show(BannerKind::Information, words, about);
}

void Notices::offer(const QString& words, const std::vector<BannerAction>& actions) {
    show(BannerKind::Information, words, aboutRun, actions);
}

void Notices::warn(const QString& words, const std::vector<BannerAction>& actions, const QString& about) {
    show(BannerKind::Warning, words, about, actions);
}

void Notices::forget(const QString& about) { banners_->forget(about); }

void Notices::complain(const QString& words, const QString& about) {
    if (!about.isEmpty()) banners_->forget(about);
    show(BannerKind::Error, words, about);
}

} // namespace lora
