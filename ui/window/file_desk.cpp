#include "ui/window/file_desk.h"

#include "engine/runs/run_export.h"
#include "ui/elements/exception_words.h"
#include "ui/elements/file_dialogs.h"
#include "ui/elements/recent_files.h"
#include "ui/elements/tool_tip.h"
#include "ui/laboratory/laboratory_page.h"
#include "ui/playground/playground.h"
#include "ui/window/host_files.h"
#include "ui/window/setup_desk.h"
#include "ui/window/window_actions.h"

#include <QAction>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QSettings>
#include <QUrl>
#include <exception>

namespace lora {

using namespace Qt::StringLiterals;

FileDesk::FileDesk(EngineLink& link, Opened& opened, SetupDesk& setup, const QString& runs, QWidget* window)
    : QObject(window), link_(link), opened_(opened), setup_(setup), runs_(runs), window_(window) {
    link_.on<ModelLoaded>(this, [this](const ModelLoaded& loaded) {
        remember(FileKind::Model, QString::fromStdString(loaded.model->path));
    });
    link_.on<RunOpened>(this, [this](const RunOpened& run) {
        remember(FileKind::Run, QString::fromStdString(run.record->folder));
    });
}

void FileDesk::serve(const WindowActions& actions) {
    connect(actions.openModel, &QAction::triggered, this, &FileDesk::chooseModelFolder);
    connect(actions.openGguf, &QAction::triggered, this, &FileDesk::chooseModelFile);
    connect(actions.openDataset, &QAction::triggered, this, &FileDesk::chooseDataset);
    connect(actions.loadAdapter, &QAction::triggered, this, &FileDesk::chooseAdapter);
    connect(actions.saveAdapter, &QAction::triggered, this, &FileDesk::saveAdapter);
    connect(actions.openRun, &QAction::triggered, this, &FileDesk::chooseRun);
    connect(actions.exportRun, &QAction::triggered, this, &FileDesk::exportRun);
    connect(actions.mergeModel, &QAction::triggered, this, &FileDesk::mergeModel);
    connect(actions.mergeGguf, &QMenu::triggered, this,
        [this](const QAction* action) { mergeGguf(action->data().toString()); });
    connect(actions.exportGguf, &QAction::triggered, this, &FileDesk::exportGguf);
    QMenu* recent = actions.recent;
    connect(this, &FileDesk::remembered, recent, [this, recent] { fillRecent(*recent); });
    fillRecent(*recent);
}

void FileDesk::openPath(const QString& path) {
    const auto kind = fileKind(path);
    if (kind) return open(*kind, *kind == FileKind::Adapter ? adapterOf(path) : path);
    Q_EMIT complained(
        tr("%1: this is neither a model (folder with config.json, or .gguf), a dataset (%2), an "
           "adapter (folder with adapter_config.json, or .safetensors), nor a run.")
            .arg(path, datasetSuffixes(u"."_s)));
}

void FileDesk::open(FileKind kind, const QString& path) {
    switch (kind) {
    case FileKind::Model: setup_.useModel(path); break;
    case FileKind::Dataset:
        setup_.useDataset(path);
        remember(kind, path);
        break;
    case FileKind::Adapter:
        link_.post(LoadAdapter{path.toStdString()});
        remember(kind, path);
        break;
    case FileKind::Run: link_.post(OpenRun{path.toStdString()}); break;
    }
}

void FileDesk::drop(const QMimeData& dropped) {
    for (const QUrl& url : dropped.urls())
        if (url.isLocalFile()) openPath(url.toLocalFile());
}

void FileDesk::remember(FileKind kind, const QString& path) {
    QSettings settings;
    rememberFile(settings, {kind, path});
    Q_EMIT remembered();
}

void FileDesk::fillRecent(QMenu& menu) {
    menu.clear();
    for (const RecentFile& file : recentFiles(QSettings())) {
        QAction* action = menu.addAction(u"%1  (%2)"_s.arg(QFileInfo(file.path).fileName(), name(file.kind)));
        action->setToolTip(plainTip(file.path));
        connect(action, &QAction::triggered, this, [this, file] { open(file.kind, file.path); });
    }
    if (!menu.isEmpty()) return;
    QAction* nothing = menu.addAction(tr("Nothing yet"));
    nothing->setToolTip(tr("What is opened is offered here again"));
    nothing->setEnabled(false);
}

void FileDesk::chooseModelFolder() {
    if (link_.isElsewhere()) return setup_.chooseModel();
    const QString path = askForFolder(window_, tr("Open a model folder"), u"model"_s);
    if (!path.isEmpty()) open(FileKind::Model, path);
}

void FileDesk::chooseModelFile() { setup_.chooseModel(); }

void FileDesk::chooseDataset() {
    const QString path = link_.isElsewhere()
                             ? askOnHost(link_, window_, tr("Open a dataset"), u"dataset"_s)
                             : askForFile(window_, tr("Open a dataset"), u"dataset"_s, datasetFilter());
    if (!path.isEmpty()) open(FileKind::Dataset, path);
}

QString FileDesk::askAdapter(const QString& title) {
    return link_.isElsewhere() ? askOnHost(link_, window_, title, u"adapter"_s, runsThere())
                               : askForAdapter(window_, title, runs_);
}

void FileDesk::serve(LaboratoryPage& laboratory, Playground& playground) {
    connect(&laboratory, &LaboratoryPage::loadAdapterRequested, this, &FileDesk::chooseAdapter);
    connect(&playground, &Playground::besideWanted, this, [this, to = &playground] {
        const QString path = askAdapter(tr("Another adapter of this model"));
        if (!path.isEmpty()) to->addBeside(path);
    });
}

void FileDesk::chooseAdapter() {
    const QString path = askAdapter(tr("Load an adapter"));
    if (!path.isEmpty()) open(FileKind::Adapter, path);
}

void FileDesk::chooseRun() {
    const QString path = link_.isElsewhere()
                             ? askOnHost(link_, window_, tr("Open a run"), u"run"_s, runsThere())
                             : askForFolder(window_, tr("Open a run"), u"run"_s, runs_);
    if (!path.isEmpty()) open(FileKind::Run, path);
}

QString FileDesk::runsThere() const { return QString::fromStdString(link_.connection().engine.runs); }

QString FileDesk::newFolder(const QString& title, const QString& kind, const QString& name) {
    return link_.isElsewhere() ? askOnHost(link_, window_, title, kind)
                               : askForNewFolder(window_, title, kind, name);
}

QString FileDesk::newFile(
    const QString& title, const QString& kind, const QString& name, const QString& filter) {
    return link_.isElsewhere() ? askOnHost(link_, window_, title, kind)
                               : askForNewFile(window_, title, kind, name, filter);
}

void FileDesk::saveAdapter() {
    const QString path = newFolder(tr("Save the adapter as a new folder"), u"adapter"_s, u"adapter"_s);
    if (!path.isEmpty()) link_.post(SaveAdapter{path.toStdString()});
}

void FileDesk::mergeModel() {
    const QString path =
        newFolder(tr("Write model and adapter as one new model folder"), u"merged"_s, u"merged-model"_s);
    if (!path.isEmpty()) link_.post(MergeModel{path.toStdString()});
}

void FileDesk::mergeGguf(const QString& type) {
    const QString path = newFile(tr("Write model and adapter as one GGUF file"), u"merged"_s,
        u"merged-model.%1.gguf"_s.arg(type), tr("GGUF model (*.gguf)"));
    if (!path.isEmpty()) link_.post(MergeModel{path.toStdString(), type.toStdString()});
}

void FileDesk::exportGguf() {
    const QString path = newFile(
        tr("Export the adapter for llama.cpp"), u"gguf"_s, u"adapter.gguf"_s, tr("GGUF adapter (*.gguf)"));
    if (!path.isEmpty()) link_.post(ExportGguf{path.toStdString()});
}

void FileDesk::exportRun() {
    if (link_.isElsewhere()) {
        Q_EMIT complained(
            tr("The run's files are on another machine. There, “lora runs export” writes the same."));
        return;
    }
    const QString path =
        askForFolder(window_, tr("A log folder for TensorBoard; the run gets a folder in it"), u"export"_s);
    if (path.isEmpty() || opened_.runFolder().isEmpty()) return;
    try {
        const std::string file =
            export_tensorboard(read_run_curves(opened_.runFolder().toStdString()), path.toStdString());
        Q_EMIT said(tr("The run's curves were written to %1").arg(QString::fromStdString(file)));
    } catch (const std::exception& error) {
        Q_EMIT complained(wordsOf(error));
    }
}

} // namespace lora
