#include "ui/runs/runs_page.h"

#include "engine/files/store.h"
#include "engine/runs/run_export.h"
#include "engine/runs/run_folder.h"
#include "ui/elements/empty_words.h"
#include "ui/elements/enabled_actions.h"
#include "ui/elements/exception_words.h"
#include "ui/elements/tool_tip.h"
#include "ui/plots/plot_theme.h"
#include "ui/runs/run_details.h"
#include "ui/runs/run_overlay.h"
#include "ui/runs/runs_model.h"
#include "ui/runs/trash.h"

#include <QAction>
#include <QDesktopServices>
#include <QEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <exception>

namespace lora {

using namespace Qt::StringLiterals;

RunsPage::RunsPage(EngineLink& link, const QString& folder, QWidget* parent)
    : QWidget(parent), link_(link), archive_(folder), model_(new RunsModel(this)),
      filter_(new RunsFilter(model_, this)), search_(new QLineEdit(this)), count_(new QLabel(this)),
      open_(new QPushButton(tr("Open"), this)), resume_(new QPushButton(tr("Resume"), this)),
      export_(new QToolButton(this)), trash_(new QPushButton(tr("Move to trash"), this)),
      table_(new QTableView(this)), actions_(addRunActions(*table_)), overlay_(new RunOverlay(this)),
      details_(new RunDetails(this)) {
    setObjectName(u"runsPage"_s);
    auto* lower = new QSplitter(Qt::Horizontal);
    lower->addWidget(overlay_);
    lower->addWidget(details_);
    lower->setChildrenCollapsible(false);
    lower->setStretchFactor(0, 3);
    lower->setSizes({640, 360});
    auto* all = new QSplitter(Qt::Vertical, this);
    all->addWidget(buildTable());
    all->addWidget(lower);
    all->setChildrenCollapsible(false);
    all->setSizes({400, 500});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildHead());
    column->addWidget(all, 1);
    connectAll();
    connectActions();
    connectLink();
    showSelection();
}

QWidget* RunsPage::buildHead() {
    auto* head = new QWidget(this);
    search_->setObjectName(u"runSearch"_s);
    search_->setPlaceholderText(tr("Search: name, date, note, tag:keep, rank=8, loss<1.6, lr>=0.001 …"));
    describeControl(*search_, tr("Search runs"),
        tr("Every word must be found. Numbers can be compared: any setting by its name, such as rank or lr; "
           "loss, evaluation, and step, the last one done."));
    search_->setClearButtonEnabled(true);
    count_->setObjectName(u"runCount"_s);
    count_->setForegroundRole(QPalette::PlaceholderText);
    open_->setObjectName(u"openSelectedRun"_s);
    open_->setToolTip(tr("Show this run's plots, adapter and settings, and go on from it"));
    resume_->setObjectName(u"resumeSelectedRun"_s);
    resume_->setToolTip(tr("Go on with this run from its last checkpoint"));
    export_->setObjectName(u"exportSelectedRuns"_s);
    export_->setText(tr("Export"));
    export_->setToolTip(tr("Write the curves of the selected runs"));
    export_->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(tr("Export"), export_);
    menu->setToolTipsVisible(true);
    menu->addActions({actions_.exportCsv, actions_.exportTensorBoard});
    export_->setMenu(menu);
    trash_->setObjectName(u"trashRuns"_s);
    trash_->setToolTip(tr("The selected runs with their checkpoints and adapters; you are asked first"));
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(10, 6, 10, 6);
    row->setSpacing(8);
    row->addWidget(search_, 1);
    row->addWidget(count_);
    row->addWidget(open_);
    row->addWidget(resume_);
    row->addWidget(export_);
    row->addWidget(trash_);
    return head;
}

QWidget* RunsPage::buildTable() {
    table_->setObjectName(u"runsTable"_s);
    table_->setModel(filter_);
    auto* nothing = new EmptyWords(QString(), table_);
    const auto explain = [nothing](const QString& words) {
        nothing->setText(words.isEmpty()
                             ? tr("Each run stands here once it has begun, to be compared, opened again "
                                  "or resumed; “Start training” begins one.")
                             : tr("No run is found by this search."));
    };
    explain({});
    connect(search_, &QLineEdit::textChanged, nothing, explain);
    table_->setTabKeyNavigation(false); // arrows go from cell to cell, Tab to the next field
    describeControl(*table_, tr("Runs"),
        tr("A row a run; those selected are drawn beneath. A double click opens one, the right button tells "
           "what else can be done."));
    table_->setSortingEnabled(true);
    table_->sortByColumn(RunsModel::Date, Qt::DescendingOrder);
    table_->setSelectionBehavior(QTableView::SelectRows);
    table_->setSelectionMode(QTableView::ExtendedSelection);
    table_->setEditTriggers(QTableView::NoEditTriggers);
    table_->setShowGrid(false);
    table_->setAlternatingRowColors(true);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setWordWrap(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->setColumnWidth(RunsModel::Name, 230);
    for (const auto& [column, width] :
        {std::pair(RunsModel::Date, 130), std::pair(RunsModel::Steps, 90), std::pair(RunsModel::Loss, 75),
            std::pair(RunsModel::Evaluation, 80), std::pair(RunsModel::Rank, 60),
            std::pair(RunsModel::LearningRate, 95), std::pair(RunsModel::Targets, 110),
            std::pair(RunsModel::Model, 190), std::pair(RunsModel::Data, 130)})
        table_->setColumnWidth(column, width);
    return table_;
}

void RunsPage::connectAll() {
    connect(&archive_, &RunArchive::listed, this, &RunsPage::takeList);
    connect(&archive_, &RunArchive::runRead, this, [this](std::shared_ptr<const RunRecord> run) {
        reading_.erase(run->folder);
        records_[run->folder] = std::move(run);
        showOverlay();
    });
    connect(&archive_, &RunArchive::failed, this, [this](const std::string& run, const QString& why) {
        reading_.erase(run);
        Q_EMIT complained(why);
    });
    connect(search_, &QLineEdit::textChanged, this, [this](const QString& words) {
        {
            // What shows a selection may not ask the filter while it takes rows away.
            const QSignalBlocker quiet(table_->selectionModel());
            filter_->setWords(words);
        }
        showSelection();
    });
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsPage::showSelection);
    connect(table_, &QTableView::doubleClicked, actions_.open, &QAction::trigger);
    connect(details_, &RunDetails::notesEdited, this, [this](const std::string& run, const RunNotes& notes) {
        try {
            write_notes(run, notes);
            model_->setNotes(run, notes);
        } catch (const std::exception& error) {
            Q_EMIT complained(wordsOf(error));
        }
    });
}

void RunsPage::connectActions() {
    const auto on = [this](QAction* action, auto&& act) { connect(action, &QAction::triggered, this, act); };
    on(actions_.open, [this] { Q_EMIT openRequested(theOne()); });
    on(actions_.openBest, [this] { Q_EMIT bestOpenRequested(theOne()); });
    on(actions_.resume, [this] { Q_EMIT resumeRequested(theOne()); });
    on(actions_.rename, [this] { details_->editTitle(); });
    on(actions_.note, [this] { details_->editNote(); });
    on(actions_.showFiles, [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(theOne())); });
    on(actions_.exportCsv, [this] { chooseExport(false); });
    on(actions_.exportTensorBoard, [this] { chooseExport(true); });
    on(actions_.trash, [this] { askBeforeTrash(); });
    join(*open_, *actions_.open);
    join(*resume_, *actions_.resume);
    join(*trash_, *actions_.trash);
}

/// For what is done with one run, and cannot be chosen with another number of them.
QString RunsPage::theOne() const { return QString::fromStdString(selected().at(0)); }

void RunsPage::connectLink() {
    link_.on<RunStarted>(this, [this](const RunStarted& run) { started_ = run.folder; });
    link_.on<StateChanged>(this, [this](const StateChanged& now) {
        active_ = isRunActive(now.state) ? started_ : std::string();
        showSelection();
        if (isVisible()) refresh();
    });
}

void RunsPage::refresh() { archive_.refresh(); }

void RunsPage::takeList(const std::vector<RunListing>& runs) {
    const std::vector<std::string> before = selected();
    // What has gone on since it was read is read again.
    std::erase_if(records_, [&](const auto& read) {
        const auto now = std::find_if(
            runs.begin(), runs.end(), [&](const RunListing& run) { return run.folder == read.first; });
        return now == runs.end() || read.second->steps.empty()
               || read.second->steps.back().step != now->steps_done;
    });
    model_->setRuns(runs);
    select(before);
    showSelection();
}

std::vector<std::string> RunsPage::selected() const {
    std::vector<std::string> folders;
    for (const QModelIndex& row : table_->selectionModel()->selectedRows())
        folders.push_back(model_->run(filter_->mapToSource(row).row()).folder);
    return folders;
}

void RunsPage::select(const std::vector<std::string>& folders) {
    QItemSelection rows;
    for (int row = 0; row < filter_->rowCount(); ++row) {
        const QModelIndex index = filter_->index(row, 0);
        const std::string& folder = model_->run(filter_->mapToSource(index).row()).folder;
        if (std::find(folders.begin(), folders.end(), folder) != folders.end())
            rows.select(index, filter_->index(row, RunsModel::Columns - 1));
    }
    table_->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect);
}

void RunsPage::showSelection() {
    const std::vector<std::string> runs = selected();
    const int shown = filter_->rowCount();
    count_->setText(shown == model_->rowCount() ? tr("Runs: %1").arg(shown)
                                                : tr("Runs: %1 of %2").arg(shown).arg(model_->rowCount()));
    const bool active = std::find(runs.begin(), runs.end(), active_) != runs.end();
    const RunListing* one = runs.size() == 1 ? model_->find(runs.front()) : nullptr;
    lora::setEnabled(actions_, {.any = !runs.empty(),
                                   .one = one != nullptr,
                                   .active = active,
                                   .resumable = one && one->resumable,
                                   .engineFree = enabledActions(link_.state(), {}).openRun});
    export_->setEnabled(!runs.empty());
    std::vector<RunListing> listings;
    for (const std::string& run : runs)
        if (const RunListing* listing = model_->find(run)) listings.push_back(*listing);
    details_->setRuns(listings);
    for (const std::string& run : runs)
        if (!records_.contains(run) && reading_.insert(run).second) archive_.read(run);
    showOverlay();
}

void RunsPage::showOverlay() {
    std::vector<OverlaidRun> overlaid;
    std::map<std::string, QColor> colors;
    const auto runs = selected();
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const QColor color = seriesColor(static_cast<int>(i), palette());
        colors[runs[i]] = color;
        const auto record = records_.find(runs[i]);
        const RunListing* listing = model_->find(runs[i]);
        if (record != records_.end() && listing)
            overlaid.push_back({QString::fromStdString(listing->called()), color, record->second});
    }
    model_->setColors(std::move(colors));
    overlay_->setRuns(std::move(overlaid));
}

template <class Write>
void RunsPage::exportSelected(const Write& write) {
    try {
        QStringList written;
        for (const std::string& run : selected())
            written << QString::fromStdString(write(read_run_curves(run)));
        Q_EMIT said(tr("Written: %1").arg(written.join(u", "_s)));
    } catch (const std::exception& error) {
        Q_EMIT complained(wordsOf(error));
    }
}

void RunsPage::exportTensorBoard(const QString& folder) {
    exportSelected([&](const RunRecord& run) { return export_tensorboard(run, folder.toStdString()); });
}

void RunsPage::exportCsv(const QString& path) {
    exportSelected([&, many = selected().size() > 1](const RunRecord& run) {
        const QFileInfo place(path);
        const QString name = QFileInfo(QString::fromStdString(run.folder)).fileName();
        const QString file =
            many ? u"%1/%2 %3.csv"_s.arg(place.absolutePath(), place.completeBaseName(), name) : path;
        write_file(file.toStdString(), curves_csv(run));
        return file.toStdString();
    });
}

void RunsPage::chooseExport(bool tensorBoard) {
    if (tensorBoard) {
        const QString folder = QFileDialog::getExistingDirectory(
            this, tr("A log folder for TensorBoard; each run gets a folder in it"));
        if (!folder.isEmpty()) exportTensorBoard(folder);
        return;
    }
    const QString path = QFileDialog::getSaveFileName(
        this, tr("Export the curves"), u"run.csv"_s, tr("Numbers (*.csv)"), nullptr);
    if (!path.isEmpty()) exportCsv(path);
}

void RunsPage::askBeforeTrash() {
    const auto count = static_cast<int>(selected().size());
    auto* question = new QMessageBox(QMessageBox::Question, tr("Move to trash"),
        count == 1 ? tr("Move this run, its checkpoints and its adapter to the trash?")
                   : tr("Move these %1 runs, their checkpoints and their adapters to the trash?").arg(count),
        QMessageBox::NoButton, this);
    question->setObjectName(u"trashQuestion"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* move = question->addButton(tr("Move to trash"), QMessageBox::DestructiveRole);
    move->setObjectName(u"confirmTrash"_s);
    question->addButton(QMessageBox::Cancel);
    connect(question, &QMessageBox::buttonClicked, this, [this, move](const QAbstractButton* pressed) {
        if (pressed == move) moveToTrash();
    });
    question->open();
}

void RunsPage::moveToTrash() {
    for (const std::string& run : selected()) {
        const QString folder = QString::fromStdString(run);
        if (is_run_active(run))
            Q_EMIT complained(tr("%1 is training in another process; stop it there first.").arg(folder));
        else if (!putIntoTrash(folder))
            Q_EMIT complained(tr("%1 could not be moved to the trash; is its folder writable?").arg(folder));
    }
    refresh();
}

void RunsPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void RunsPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) showOverlay();
}

} // namespace lora
