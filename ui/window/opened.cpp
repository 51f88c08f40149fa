#include "ui/window/opened.h"

#include <QFileInfo>

namespace lora {

Opened::Opened(EngineLink& link, QObject* parent) : QObject(parent) {
    link.on<ModelLoaded>(this, [this](const ModelLoaded& loaded) {
        model_ = loaded.model;
        Q_EMIT changed();
    });
    link.on<ModelClosed>(this, [this](const ModelClosed&) {
        model_.reset();
        adapter_ = {};
        Q_EMIT changed();
    });
    link.on<AdapterChanged>(this, [this](const AdapterChanged& adapter) {
        adapter_ = adapter;
        Q_EMIT changed();
    });
    link.on<RunStarted>(this, [this](const RunStarted& run) { takeRun(run.folder, run.settings.method); });
    link.on<RunOpened>(this, [this](const RunOpened& opened) {
        const RunRecord& record = *opened.record;
        takeRun(record.folder, record.settings.method);
        if (!record.finished && record.checkpoint) resumable_ = runFolder_;
        Q_EMIT changed();
    });
    link.on<RunEnded>(this, [this](const RunEnded& end) {
        if (end.finished || sweep_) return; // a sweep goes on as a whole
        resumable_ = runFolder_;
        Q_EMIT changed();
    });
    link.on<SweepChanged>(this, [this](const SweepChanged& sweep) { sweep_ = !sweep.over; });
}

void Opened::takeRun(const std::string& folder, MethodKind method) {
    runFolder_ = QString::fromStdString(folder);
    method_ = method;
    resumable_.reset();
    Q_EMIT changed();
}

SetupStatus Opened::with(SetupStatus setup) const {
    setup.adapter = !adapter_.targets.empty() && !adapter_.weights;
    setup.weights = adapter_.weights;
    setup.trainsWeights = trains_weights(method_);
    setup.resumable = resumable_.has_value();
    setup.classifier = model_ && model_->task == Task::Classification;
    return setup;
}

QString titleOf(const Opened& opened) {
    const QString run = QFileInfo(opened.runFolder()).fileName();
    return run.isEmpty() ? Opened::tr("LoRA Workbench") : Opened::tr("%1 – LoRA Workbench").arg(run);
}

} // namespace lora
