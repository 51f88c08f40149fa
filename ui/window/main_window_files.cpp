// The window's part that asks for files and folders, remembers them, and takes what is dropped on it.

#include "engine/error.h"
#include "engine/runs/run_export.h"
#include "ui/elements/recent_files.h"
#include "ui/laboratory/advisor_view.h"
#include "ui/laboratory/comparison_view.h"
#include "ui/laboratory/laboratory_page.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/runs/run_overlay.h"
#include "ui/runs/runs_page.h"
#include "ui/setup/setup_column.h"
#include "ui/sweeps/sweeps_page.h"
#include "ui/training/live_view.h"
#include "ui/window/main_window.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QSettings>
#include <QTabWidget>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// The folder that the last dialog of a kind ended in.
QString lastFolder(const QString& kind, const QString& atFirst = QDir::homePath()) {
    return QSettings().value(u"folder/"_s + kind, atFirst).toString();
}

void keepFolder(const QString& kind, const QString& path) {
    if (!path.isEmpty()) QSettings().setValue(u"folder/"_s + kind, QFileInfo(path).absolutePath());
}

QString askForAdapter(QWidget* parent, const QString& title, const QString& runs) {
    const QString file = QFileDialog::getOpenFileName(parent, title, lastFolder(u"adapter"_s, runs),
        MainWindow::tr("Adapters (adapter_config.json subspace.json *.safetensors)"));
    if (file.isEmpty()) return {};
    QString path = adapterOf(file);
    keepFolder(u"adapter"_s, path);
    return path;
}

} // namespace

void MainWindow::openPath(const QString& path) {
    const auto kind = fileKind(path);
    if (kind) return open(*kind, kind == FileKind::Adapter ? adapterOf(path) : path);
    complain(tr("%1: this is neither a model (folder with config.json, or .gguf), a dataset (%2), an "
                "adapter (folder with adapter_config.json, or .safetensors), nor a run.")
                 .arg(path, datasetSuffixes(u"."_s)));
}

void MainWindow::open(FileKind kind, const QString& path) {
    RunSettings settings = setup_->settings();
    switch (kind) {
    case FileKind::Model:
        settings.model = path.toStdString();
        setup_->read(settings);
        loadModel();
        break;
    case FileKind::Dataset:
        settings.data.train = path.toStdString();
        setup_->read(settings);
        setup_->setDataset({});
        remember(kind, path);
        loadDataset();
        break;
    case FileKind::Adapter:
        link_->post(LoadAdapter{path.toStdString()});
        remember(kind, path);
        break;
    case FileKind::Run: link_->post(OpenRun{path.toStdString()}); break;
    }
}

void MainWindow::remember(FileKind kind, const QString& path) {
    QSettings settings;
    rememberFile(settings, {kind, path});
    fillRecent();
}

void MainWindow::fillRecent() {
    actions_.recent->clear();
    for (const RecentFile& file : recentFiles(QSettings())) {
        QAction* action =
            actions_.recent->addAction(u"%1  (%2)"_s.arg(QFileInfo(file.path).fileName(), name(file.kind)));
        action->setToolTip(file.path);
        connect(action, &QAction::triggered, this, [this, file] { open(file.kind, file.path); });
    }
    if (actions_.recent->isEmpty()) actions_.recent->addAction(tr("Nothing yet"))->setEnabled(false);
}

void MainWindow::chooseModelFolder() {
    const QString path =
        QFileDialog::getExistingDirectory(this, tr("Open a model folder"), lastFolder(u"model"_s));
    keepFolder(u"model"_s, path);
    if (!path.isEmpty()) open(FileKind::Model, path);
}

void MainWindow::chooseModelFile() {
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open a model file"), lastFolder(u"model"_s), tr("GGUF models (*.gguf);;All files (*)"));
    keepFolder(u"model"_s, path);
    if (!path.isEmpty()) open(FileKind::Model, path);
}

void MainWindow::chooseDataset(bool evaluation) {
    const QString path = QFileDialog::getOpenFileName(this,
        evaluation ? tr("Open a dataset to evaluate on") : tr("Open a dataset"), lastFolder(u"dataset"_s),
        tr("Datasets (%1);;All files (*)").arg(datasetSuffixes(u"*."_s)));
    keepFolder(u"dataset"_s, path);
    if (path.isEmpty()) return;
    if (!evaluation) return open(FileKind::Dataset, path);
    RunSettings settings = setup_->settings();
    settings.data.eval = path.toStdString();
    setup_->read(settings);
    setup_->setDataset({});
    loadDataset();
}

void MainWindow::chooseAdapter() {
    const QString path = askForAdapter(this,
        tr("Load an adapter: adapter_config.json of a PEFT folder, a "
           "safetensors file with loralib's names, or subspace.json"),
        parts_.places.runs);
    if (!path.isEmpty()) open(FileKind::Adapter, path);
}

void MainWindow::chooseStartAdapter() {
    const QString path =
        QFileDialog::getExistingDirectory(this, tr("The adapter to start from"), lastFolder(u"adapter"_s));
    keepFolder(u"adapter"_s, path);
    if (path.isEmpty()) return;
    RunSettings settings = setup_->settings();
    settings.lora.adapter = path.toStdString();
    setup_->read(settings);
}

void MainWindow::chooseRun() {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Open a run"), parts_.places.runs);
    if (!path.isEmpty()) open(FileKind::Run, path);
}

void MainWindow::saveAdapterAs() {
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the adapter as a new folder"),
        lastFolder(u"adapter"_s) + u"/adapter"_s, {}, nullptr, QFileDialog::ShowDirsOnly);
    keepFolder(u"adapter"_s, path);
    if (!path.isEmpty()) link_->post(SaveAdapter{path.toStdString()});
}

void MainWindow::saveTruncatedAs() {
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the smaller adapter as a new folder"),
        lastFolder(u"adapter"_s) + u"/smaller-adapter"_s, {}, nullptr, QFileDialog::ShowDirsOnly);
    keepFolder(u"adapter"_s, path);
    if (!path.isEmpty()) link_->post(laboratory_->advisor()->truncation(path));
}

void MainWindow::compareWithAdapter() {
    const QString path = askForAdapter(this,
        tr("The adapter to compare with: adapter_config.json of a PEFT "
           "folder, or a safetensors file with loralib's names"),
        parts_.places.runs);
    if (!path.isEmpty()) laboratory_->comparison()->compareWith(path);
}

void MainWindow::chooseAdviceData() {
    const QString path = QFileDialog::getOpenFileName(this, tr("The dataset to measure the loss on"),
        lastFolder(u"dataset"_s), tr("Datasets (%1);;All files (*)").arg(datasetSuffixes(u"*."_s)));
    keepFolder(u"dataset"_s, path);
    const RunSettings settings = setup_->settings();
    if (!path.isEmpty())
        laboratory_->advisor()->setData(path, settings.data.max_length, settings.training.batch);
}

void MainWindow::mergeModelAs() {
    const QString path =
        QFileDialog::getSaveFileName(this, tr("Write model and adapter as one new model folder"),
            lastFolder(u"merged"_s) + u"/merged-model"_s, {}, nullptr, QFileDialog::ShowDirsOnly);
    keepFolder(u"merged"_s, path);
    if (!path.isEmpty()) link_->post(MergeModel{path.toStdString()});
}

void MainWindow::exportGgufAs() {
    const QString path = QFileDialog::getSaveFileName(this, tr("Export the adapter for llama.cpp"),
        lastFolder(u"gguf"_s) + u"/adapter.gguf"_s, tr("GGUF adapter (*.gguf)"));
    keepFolder(u"gguf"_s, path);
    if (!path.isEmpty()) link_->post(ExportGguf{path.toStdString()});
}

void MainWindow::exportRun() {
    const QString path = QFileDialog::getExistingDirectory(
        this, tr("A log folder for TensorBoard; the run gets a folder in it"), lastFolder(u"export"_s));
    if (path.isEmpty() || runFolder_.isEmpty()) return;
    try {
        const std::string file =
            export_tensorboard(read_run_curves(runFolder_.toStdString()), path.toStdString());
        say(tr("The run's curves were written to %1").arg(QString::fromStdString(file)));
    } catch (const Error& error) {
        complain(QString::fromUtf8(error.what()));
    }
}

MainWindow::ExportedPlot MainWindow::currentPlot() const {
    if (tabs_->currentWidget() == runs_)
        return {runs_->overlay()->frame()->plot(), runs_->overlay()->table(), u"runs"_s};
    if (tabs_->currentWidget() == sweeps_) return {sweeps_->plot(), sweeps_->table(), u"sweep"_s};
    if (tabs_->currentWidget() == laboratory_) {
        const LaboratoryView* view = laboratory_->current();
        return {view->plot(), view->table(), view->name()};
    }
    return {live_->currentPlot(), live_->currentTable(), live_->currentName()};
}

void MainWindow::exportCurrentPlot() {
    const ExportedPlot shown = currentPlot();
    const QString proposal = lastFolder(u"export"_s) + u'/' + shown.name + u".png"_s;
    QString path = QFileDialog::getSaveFileName(
        this, tr("Export the plot"), proposal, tr("Picture (*.png);;Document (*.pdf);;Numbers (*.csv)"));
    if (path.isEmpty()) return;
    keepFolder(u"export"_s, path);
    try {
        exportPlot(*shown.plot, shown.table, path);
        say(tr("The plot was written to %1").arg(path));
    } catch (const Error& error) {
        complain(QString::fromUtf8(error.what()));
    }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) openPath(url.toLocalFile());
}

} // namespace lora
