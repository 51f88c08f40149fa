#include "ui/sweeps/sweeps_page.h"

#include "ui/elements/result_table.h"
#include "ui/elements/tool_tip.h"
#include "ui/plots/plot_frame.h"
#include "ui/sweeps/axis_editor.h"
#include "ui/sweeps/sweep_curves.h"
#include "ui/sweeps/sweep_rows.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <exception>

namespace lora {

using namespace Qt::StringLiterals;

SweepsPage::SweepsPage(EngineLink& link, const QString& folder, QWidget* parent)
    : QWidget(parent), link_(link), archive_(folder), sweeps_(new QComboBox(this)),
      progress_(new QLabel(this)), fromFile_(new QPushButton(tr("From a file…"), this)),
      draft_(new QPushButton(tr("From the set-up…"), this)),
      start_(new QPushButton(tr("Start the sweep"), this)), stop_(new QPushButton(tr("Stop"), this)),
      resume_(new QPushButton(tr("Go on"), this)), retry_(new QPushButton(tr("Try failed ones again"), this)),
      editor_(new AxisEditor(this)), rows_(new ResultTable(this)),
      view_(makeResultView(rows_, u"sweepTable"_s, this)), curves_(new SweepCurves(this)) {
    setObjectName(u"sweepsPage"_s);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildHead());
    column->addWidget(editor_);
    column->addWidget(buildResults(), 1);
    editor_->hide();
    connectAll();
    connectLink();
    showTable();
}

QWidget* SweepsPage::buildHead() {
    auto* head = new QWidget(this);
    sweeps_->setObjectName(u"sweepList"_s);
    describeControl(*sweeps_, tr("Sweep"), tr("The sweep whose runs and results are shown"));
    describeControl(*view_, tr("Runs of the sweep"),
        tr("A row a run with the settings that vary and its results. A double click opens it."));
    sweeps_->setMinimumContentsLength(24);
    sweeps_->setPlaceholderText(tr("No sweep yet"));
    progress_->setObjectName(u"sweepProgress"_s);
    progress_->setForegroundRole(QPalette::PlaceholderText);
    fromFile_->setObjectName(u"sweepFromFile"_s);
    fromFile_->setToolTip(
        tr("Start the runs that a sweep's JSON file lists, as lora sweep does. Data that is not "
           "beside the file is asked for."));
    draft_->setObjectName(u"sweepDraft"_s);
    draft_->setCheckable(true);
    draft_->setToolTip(tr("Vary some settings of the set-up on the left"));
    start_->setObjectName(u"startSweep"_s);
    start_->setToolTip(tr("Start all runs of the draft, one after the other"));
    start_->hide();
    stop_->setObjectName(u"stopSweep"_s);
    stop_->setToolTip(tr("Save the run under way and stop; the sweep can go on later"));
    resume_->setObjectName(u"resumeSweep"_s);
    resume_->setToolTip(tr("What is finished or failed is kept, what was under way goes on"));
    retry_->setObjectName(u"retrySweep"_s);
    retry_->setToolTip(tr("Runs that failed go on from their checkpoints, or begin anew"));
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(10, 6, 10, 6);
    row->setSpacing(8);
    row->addWidget(sweeps_);
    row->addWidget(progress_, 1);
    for (QPushButton* button : {retry_, resume_, stop_, fromFile_, draft_, start_}) row->addWidget(button);
    return head;
}

QWidget* SweepsPage::buildResults() {
    auto* results = new QSplitter(Qt::Vertical, this);
    results->addWidget(view_);
    results->addWidget(curves_);
    results->setChildrenCollapsible(false);
    results->setSizes({300, 420});
    return results;
}

void SweepsPage::connectAll() {
    connect(draft_, &QPushButton::toggled, this, [this](bool on) {
        editor_->setVisible(on);
        start_->setVisible(on);
    });
    connect(editor_, &AxisEditor::changed, this, &SweepsPage::showButtons);
    connect(start_, &QPushButton::clicked, this, &SweepsPage::startDraft);
    connect(fromFile_, &QPushButton::clicked, this, &SweepsPage::chooseFile);
    connect(stop_, &QPushButton::clicked, this, [this] { link_.post(StopRun{}); });
    connect(resume_, &QPushButton::clicked, this, [this] { link_.post(ResumeSweep{folder_.toStdString()}); });
    connect(retry_, &QPushButton::clicked, this, [this] {
        link_.post(ResumeSweep{folder_.toStdString(), /*retry_failed=*/true});
    });
    connect(sweeps_, &QComboBox::activated, this, [this] { openSweep(sweeps_->currentData().toString()); });
    connect(view_, &QTableView::doubleClicked, this, [this] {
        const int row = selectedRow(*view_);
        if (row < 0 || isLive() || !table_.rows[static_cast<std::size_t>(row)].trainable) return;
        Q_EMIT runOpenRequested(
            folder_ + u"/runs/"_s + QString::fromStdString(table_.rows[static_cast<std::size_t>(row)].run));
    });
    connect(&archive_, &SweepArchive::tableRead, this,
        [this](const QString& sweep, const std::shared_ptr<const SweepTable>& table) {
            if (sweep != folder_ || sweep == live_) return;
            table_ = *table;
            showTable();
        });
    connect(&archive_, &SweepArchive::failed, this, [this](const QString& sweep, const QString& why) {
        if (sweep == folder_) Q_EMIT complained(why);
    });
}

void SweepsPage::connectLink() {
    link_.on<SweepChanged>(this, [this](const SweepChanged& sweep) { setSweep(sweep); });
    link_.on<StateChanged>(this, [this](const StateChanged&) { showButtons(); });
    connect(&link_, &EngineLink::stepsDone, this,
        [this](const std::vector<StepDone>& steps) { setStep(steps.back()); });
}

void SweepsPage::setBase(const RunSettings& base) {
    base_ = base;
    editor_->setBase(base);
}

void SweepsPage::setSweep(const SweepChanged& sweep) {
    live_ = sweep.over ? QString() : QString::fromStdString(sweep.folder);
    folder_ = QString::fromStdString(sweep.folder);
    table_ = *sweep.table;
    current_ = sweep.over ? std::nullopt : sweep.current;
    draft_->setChecked(false);
    fillSweeps();
    showTable();
}

void SweepsPage::setStep(const StepDone& step) {
    if (!current_ || folder_ != live_) return;
    SweepRow& row = table_.rows[*current_];
    row.steps_done = step.record.step;
    row.training_loss = step.record.loss;
    const int selected = selectedRow(*view_);
    rows_->setRows(sweepRows(table_));
    if (selected >= 0) selectRow(*view_, selected);
}

void SweepsPage::openSweep(const QString& folder) {
    if (folder.isEmpty()) return;
    folder_ = folder;
    table_ = {};
    fillSweeps();
    showTable();
    archive_.read(folder);
}

void SweepsPage::fillSweeps() {
    sweeps_->clear();
    for (const QString& sweep : archive_.sweeps()) sweeps_->addItem(QFileInfo(sweep).fileName(), sweep);
    if (!folder_.isEmpty() && sweeps_->findData(folder_) < 0)
        sweeps_->insertItem(0, QFileInfo(folder_).fileName(), folder_);
    sweeps_->setCurrentIndex(sweeps_->findData(folder_));
}

void SweepsPage::showTable() {
    rows_->setRows(sweepRows(table_));
    curves_->setTable(table_);
    progress_->setText(table_.rows.empty()
                           ? tr("Many runs that differ in a few settings, one after the other")
                           : progressWords(table_));
    showButtons();
}

void SweepsPage::showButtons() {
    const EngineState state = link_.state();
    const bool free = !isRunActive(state) && state != EngineState::Loading && !isLive();
    const auto any = [this](const auto& holds) {
        return std::any_of(
            table_.rows.begin(), table_.rows.end(), [&](const SweepRow& row) { return holds(row.state); });
    };
    const bool unfinished = any(
        [](SweepRunState each) { return each != SweepRunState::Finished && each != SweepRunState::Failed; });
    const bool failed = any([](SweepRunState each) { return each == SweepRunState::Failed; });
    fromFile_->setEnabled(free);
    draft_->setEnabled(free);
    start_->setEnabled(free && editor_->isSound());
    stop_->setVisible(isLive());
    stop_->setEnabled(isRunActive(state));
    resume_->setVisible(!isLive() && unfinished);
    resume_->setEnabled(free);
    retry_->setVisible(!isLive() && failed);
    retry_->setEnabled(free);
}

void SweepsPage::startFile(const QString& path, const QString& dataFolder) {
    try {
        Sweep sweep = read_sweep(path.toStdString());
        const QString home = QFileInfo(path).absolutePath();
        if (sweep.base.model.empty()) sweep.base.model = base_.model;
        if (sweep.base.data.train.empty()) sweep.base.data = base_.data;
        const QString beside = dataFolder.isEmpty() ? dataFolderOf(sweep, home) : dataFolder;
        if (beside.isEmpty()) return askForData(path, absent_data(sweep, home.toStdString()));
        resolve_paths(sweep, home.toStdString(), beside.toStdString());
        start(sweep);
    } catch (const std::exception& error) {
        Q_EMIT complained(QString::fromUtf8(error.what()));
    }
}

// Empty where neither has it.
QString SweepsPage::dataFolderOf(const Sweep& sweep, const QString& home) const {
    const QString beside = QFileInfo(QString::fromStdString(base_.data.train)).absolutePath();
    for (const QString& folder : {home, beside})
        if (absent_data(sweep, folder.toStdString()).empty()) return folder;
    return {};
}

void SweepsPage::askForData(const QString& path, const std::vector<std::string>& names) {
    QStringList files;
    for (const std::string& name : names) files << QString::fromStdString(name);
    auto* dialog = new QFileDialog(this, tr("Choose the folder with %1").arg(files.join(u", "_s)));
    dialog->setObjectName(u"sweepDataFolder"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this,
        [this, path](const QString& folder) { startFile(path, folder); });
    dialog->open();
}

void SweepsPage::startDraft() {
    try {
        start(draftedSweep(editor_->name(), base_, editor_->axes(), editor_->keepsScale()));
    } catch (const std::exception& error) {
        Q_EMIT complained(QString::fromUtf8(error.what()));
    }
}

void SweepsPage::start(const Sweep& sweep) {
    link_.post(StartSweep{sweep, archive_.newFolder(QString::fromStdString(sweep.name)).toStdString()});
}

void SweepsPage::chooseFile() {
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open a sweep's file"), {}, tr("Sweeps (*.json);;All files (*)"), nullptr);
    if (!path.isEmpty()) startFile(path);
}

QCustomPlot* SweepsPage::plot() const { return curves_->frame()->plot(); }

Table SweepsPage::table() const { return curves_->table(); }

void SweepsPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    fillSweeps();
    if (folder_.isEmpty() && sweeps_->count() > 0) openSweep(sweeps_->itemData(0).toString());
}

} // namespace lora
