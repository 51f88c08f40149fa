#include "ui/window/notices.h"

#include "engine/method_sheets/method_sheet.h"
#include "engine/runs/run_health.h"
#include "ui/elements/quantities.h"
#include "ui/window/message_log.h"

namespace lora {

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

QString text(const std::string& words) { return QString::fromStdString(words); }

} // namespace

Notices::Notices(EngineLink& link, BannerArea* banners, MessageLog* log)
    : QObject(banners), banners_(banners), log_(log) {
    followRuns(link);
    followFiles(link);
    followFaults(link);
}

void Notices::followRuns(EngineLink& link) {
    link.on<RunStarted>(this, [this](const RunStarted& run) {
        method_ = run.settings.method;
        log_->add(tr("Run started: %1").arg(text(run.folder)));
    });
    link.on<EvaluationDone>(this, [this](const EvaluationDone& evaluation) {
        const auto& [step, loss, perplexity, terms, accuracy] = evaluation.record;
        log_->add(tr("Evaluation after step %1: loss %2").arg(step).arg(measureText(loss))
                  + (accuracy ? tr(", accuracy %1").arg(shareText(*accuracy)) : QString()));
    });
    link.on<AlarmRaised>(this, [this](const AlarmRaised& raised) { alarm(raised.alarm); });
    link.on<RunOpened>(this, [this](const RunOpened& opened) {
        for (const Alarm& each : find_alarms(*opened.record)) alarm(each);
    });
    link.on<CheckpointSaved>(this, [this](const CheckpointSaved& saved) {
        log_->add(tr("Checkpoint of step %1: %2").arg(saved.step).arg(text(saved.folder)));
    });
    link.on<RunEnded>(this, [this](const RunEnded& run) {
        const QString words =
            run.finished ? tr("The run is finished: all %1 steps.") : tr("The run was stopped at step %1.");
        const QString all = words.arg(run.step) + u' ' + whereResult(method_, text(run.adapter));
        isSweep_ ? log_->add(all) : say(all); // the sweep's page tells of each
    });
    link.on<SweepChanged>(this, [this](const SweepChanged& sweep) {
        isSweep_ = !sweep.over;
        if (sweep.over) say(tr("The sweep in %1 ended.").arg(text(sweep.folder)));
    });
}

void Notices::followFiles(EngineLink& link) {
    link.on<AdapterSaved>(
        this, [this](const AdapterSaved& saved) { say(tr("Saved in %1").arg(text(saved.folder))); });
    link.on<ModelMerged>(this, [this](const ModelMerged& merged) {
        say(tr("The merged model was written to %1 (%2).").arg(text(merged.folder), bytesText(merged.bytes)));
        for (const std::string& note : merged.notes) warn(text(note));
    });
    link.on<AdapterExported>(this, [this](const AdapterExported& exported) {
        say(tr("The adapter was written for llama.cpp: %1").arg(text(exported.file)));
    });
}

void Notices::followFaults(EngineLink& link) {
    link.on<Warning>(this, [this](const Warning& each) { warn(text(each.text)); });
    link.on<Refused>(this, [this](const Refused& refused) {
        complain(tr("Could not %1.\n%2")
                     .arg(text(describe(refused.request.command)), QString::fromUtf8(refused.why.what())));
    });
    link.on<Failed>(this, [this](const Failed& failure) {
        complain(tr("The run stopped by an error.\n%1").arg(text(failure.why)));
    });
    link.on<ModelClosed>(this, [this](const ModelClosed&) {
        warn(tr(
            "The model that was open had to be closed first: memory does not hold both. None is open now."));
    });
}

void Notices::say(const QString& words) { offer(words, {}); }

void Notices::offer(const QString& words, const std::vector<BannerAction>& actions) {
    log_->add(words);
    banners_->show(BannerKind::Information, words, actions);
}

void Notices::warn(const QString& words) {
    log_->add(words);
    banners_->show(BannerKind::Warning, words);
}

void Notices::complain(const QString& words) {
    log_->add(words);
    banners_->show(BannerKind::Error, words);
}

void Notices::alarm(const Alarm& alarm) { warn(text(alarm.sentence + " " + alarm.advice)); }

} // namespace lora
