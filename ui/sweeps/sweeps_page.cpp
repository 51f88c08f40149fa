#include "ui/sweeps/sweeps_page.h"

#include "ui/elements/empty_words.h"
#include "ui/elements/result_table.h"
#include "ui/elements/tool_tip.h"
#include "ui/plots/plot_frame.h"
#include "ui/sweeps/axis_editor.h"
#include "ui/sweeps/ranking_strip.h"
#include "ui/sweeps/sweep_bar.h"
#include "ui/sweeps/sweep_curves.h"
#include "ui/sweeps/sweep_rows.h"
#include "ui/sweeps/sweep_starter.h"

#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

SweepsPage::SweepsPage(EngineLink& link, const QString& folder, QWidget* parent)
    : QWidget(parent), link_(link), archive_(folder), starter_(new SweepStarter(link, archive_, this)),
      bar_(new SweepBar(this)), editor_(new AxisEditor(this)), ranking_(new RankingStrip(this)),
      rows_(new ResultTable(this)), view_(makeResultView(rows_, u"sweepTable"_s, this)),
      curves_(new SweepCurves(this)) {
    setObjectName(u"sweepsPage"_s);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar_);
    column->addWidget(editor_);
    column->addWidget(ranking_);
    column->addWidget(buildResults(), 1);
    editor_->hide();
    connectAll();
    connectLink();
    showTable();
}

QWidget* SweepsPage::buildResults() {
    describeControl(*view_, tr("Runs of the sweep"),
        tr("A row a run with the settings that vary and its results. A double click opens it."));
    new EmptyWords(
        tr("The runs of a sweep stand here, side by side: “From the set-up…” makes one of the settings "
           "at the left."),
        view_);
    auto* results = new QSplitter(Qt::Vertical, this);
    results->addWidget(view_);
    results->addWidget(curves_);
    results->setChildrenCollapsible(false);
    results->setSizes({300, 420});
    return results;
}

void SweepsPage::connectAll() {
    connect(bar_, &SweepBar::draftToggled, editor_, &QWidget::setVisible);
    connect(editor_, &AxisEditor::changed, this, &SweepsPage::showButtons);
    connect(bar_, &SweepBar::startWanted, this, [this] { starter_->startDraft(*editor_); });
    connect(bar_, &SweepBar::fileWanted, starter_, &SweepStarter::chooseFile);
    connect(starter_, &SweepStarter::complained, this, &SweepsPage::complained);
    connect(bar_, &SweepBar::stopWanted, this, [this] { link_.post(StopRun{}); });
    connect(bar_, &SweepBar::resumeWanted, this, [this](bool retryFailed) {
        link_.post(ResumeSweep{folder_.toStdString(), retryFailed});
    });
    connect(bar_, &SweepBar::chosen, this, &SweepsPage::openSweep);
    connect(ranking_, &RankingStrip::chosen, this, [this] {
        showRows();
        view_->sortByColumn(placeColumn, Qt::AscendingOrder);
    });
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
    starter_->setBase(base);
    editor_->setBase(base);
}

void SweepsPage::setSweep(const SweepChanged& sweep) {
    live_ = sweep.over ? QString() : QString::fromStdString(sweep.folder);
    folder_ = QString::fromStdString(sweep.folder);
    table_ = *sweep.table;
    current_ = sweep.over ? std::nullopt : sweep.current;
    bar_->closeDraft();
    bar_->setSweeps(archive_.sweeps(), folder_);
    showTable();
}

void SweepsPage::setStep(const StepDone& step) {
    if (!current_ || folder_ != live_) return;
    SweepRow& row = table_.rows[*current_];
    row.steps_done = step.record.step;
    row.training_loss = step.record.loss;
    showRows();
}

void SweepsPage::showRows() {
    const int selected = selectedRow(*view_);
    rows_->setRows(sweepRows(table_, ranking_->ranking()));
    if (selected >= 0 && selected < rows_->rowCount()) selectRow(*view_, selected);
}

void SweepsPage::openSweep(const QString& folder) {
    if (folder.isEmpty()) return;
    folder_ = folder;
    table_ = {};
    bar_->setSweeps(archive_.sweeps(), folder_);
    showTable();
    archive_.read(folder);
}

void SweepsPage::showTable() {
    ranking_->setTable(table_);
    rows_->setRows(sweepRows(table_, ranking_->ranking()));
    curves_->setTable(table_);
    const QString none = tr("Many runs that differ in a few settings, one after the other");
    bar_->setWords(table_.rows.empty() ? none : progressWords(table_));
    showButtons();
}

void SweepsPage::showButtons() {
    const EngineState state = link_.state();
    bar_->setState({.free = !isRunActive(state) && state != EngineState::Loading && !isLive(),
        .sound = editor_->isSound(),
        .live = isLive(),
        .running = isRunActive(state),
        .unfinished = isUnfinished(table_),
        .failed = hasFailures(table_)});
}

void SweepsPage::startFile(const QString& path, const QString& dataFolder) {
    starter_->startFile(path, dataFolder);
}

QCustomPlot* SweepsPage::plot() const { return curves_->frame()->plot(); }

Table SweepsPage::table() const { return curves_->table(); }

void SweepsPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    bar_->setSweeps(archive_.sweeps(), folder_);
    if (folder_.isEmpty()) openSweep(bar_->first());
}

} // namespace lora
