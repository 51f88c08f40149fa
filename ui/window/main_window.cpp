#include "ui/window/main_window.h"

#include "ui/answers/answers_page.h"
#include "ui/data/data_page.h"
#include "ui/elements/part_names.h"
#include "ui/elements/scrolled.h"
#include "ui/elements/wheel_guard.h"
#include "ui/hub/hub_dialog.h"
#include "ui/laboratory/laboratory_page.h"
#include "ui/playground/playground.h"
#include "ui/runs/run_folder_name.h"
#include "ui/runs/runs_page.h"
#include "ui/setup/setup_column.h"
#include "ui/sweeps/sweeps_page.h"
#include "ui/training/live_view.h"
#include "ui/training/profile_view.h"
#include "ui/window/broken_run.h"
#include "ui/window/docks.h"
#include "ui/window/end_notice.h"
#include "ui/window/file_desk.h"
#include "ui/window/help.h"
#include "ui/window/hub_menu.h"
#include "ui/window/leaving.h"
#include "ui/window/message_log.h"
#include "ui/window/notices.h"
#include "ui/window/opened.h"
#include "ui/window/page_tabs.h"
#include "ui/window/plot_saving.h"
#include "ui/window/queue_panel.h"
#include "ui/window/run_commands.h"
#include "ui/window/run_lists.h"
#include "ui/window/run_queue.h"
#include "ui/window/setup_desk.h"
#include "ui/window/theme_choice.h"
#include "ui/window/tour.h"
#include "ui/window/where_desk.h"
#include "ui/window/window_memory.h"

#include <QAction>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMimeData>
#include <QStatusBar>
#include <QTabWidget>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

MainWindow::MainWindow(WindowParts parts, QWidget* parent)
    : QMainWindow(parent), parts_(std::move(parts)), link_(std::make_unique<EngineLink>(parts_.makeWork)),
      actions_(buildActions(*this)), opened_(new Opened(*link_, this)), setup_(new SetupColumn(this)),
      banners_(new BannerArea(this)), live_(new LiveView(*link_, this)),
      laboratory_(new LaboratoryPage(*link_, parts_.places.runs, this)),
      sweeps_(new SweepsPage(*link_, sweepsBeside(parts_.places.runs), this)),
      runs_(new RunsPage(*link_, parts_.places.runs, this)), data_(new DataPage(*link_, this)),
      answers_(new AnswersPage(*link_, this)), playground_(new Playground(*link_, this)),
      log_(new MessageLog(this)), profile_(new ProfileView(*link_, this)),
      notices_(new Notices(*link_, banners_, log_)),
      setupDesk_(new SetupDesk(*link_, *opened_, *setup_, parts_.places.runs, this)),
      queue_(new RunQueue(*link_, *setupDesk_, this)),
      files_(new FileDesk(*link_, *opened_, *setupDesk_, parts_.places.runs, this)),
      hub_(new HubDialog(parts_.hub, this)), leaving_(new Leaving(*link_, this)),
      broken_(new BrokenRunOffer(*link_, *notices_, parts_.places.runs, this)), tabs_(new QTabWidget(this)) {
    new WheelGuard(this);
    new PartNames(this);
    setObjectName(u"mainWindow"_s);
    setAcceptDrops(true);
    buildPages();
    docks_ = new Docks(
        *this, *tabs_, {setup_, playground_, log_, profile_, new QueuePanel(*queue_, this)}, *actions_.view);
    addPages(actions_, *tabs_);
    new ThemeChoice(*actions_.theme, this);
    setIcons(actions_, palette());
    new EndNotice(*link_, this);
    if (parts_.holdSleep) {
        const auto* sleep = new SleepHold(*link_, parts_.holdSleep, this);
        connect(sleep, &SleepHold::said, log_, &MessageLog::add);
    }
    serveHelp(actions_, *this, *tabs_);
    connectFileMenu();
    const auto showTraining = [this] { tabs_->setCurrentWidget(live_); };
    serveRunCommands(actions_, {*link_, *setupDesk_, *setup_, *queue_, *notices_, showTraining});
    serveRunLists({*link_, *runs_, *sweeps_, *files_, *notices_, showTraining});
    connectPages();
    new WhereDesk(
        *link_, {*actions_.where, parts_.command, parts_.devices, *notices_, *setup_, *setupDesk_}, this);
    memory_ = new WindowMemory(*this, *tabs_, *docks_);
    lastSetup_ = memory_->take(*notices_);
    refresh();
}

MainWindow::~MainWindow() { docks_->takeDown(); }
void MainWindow::openPath(const QString& path) { files_->openPath(path); }
void MainWindow::complain(const QString& why) { notices_->complain(why); }
void MainWindow::leave() { leaving_->leave(); }

void MainWindow::buildPages() {
    tabs_->setDocumentMode(true);
    tabs_->setObjectName(u"pages"_s);
    tabs_->addTab(live_, tr("Training"));
    tabs_->addTab(laboratory_, tr("Laboratory"));
    tabs_->addTab(sweeps_, tr("Sweeps"));
    tabs_->addTab(runs_, tr("Runs"));
    tabs_->addTab(data_, tr("Data"));
    tabs_->addTab(answers_, tr("Answers"));
    letHiddenPagesShrink(*tabs_);
    setCentralWidget(scrolled(tabs_, tr("Page"), {320, 220}));
    statusBar()->setSizeGripEnabled(false);
    statusBar()->addWidget(banners_, 1);
}

void MainWindow::connectFileMenu() {
    const auto on = [this](QAction* action, auto&& act) { connect(action, &QAction::triggered, this, act); };
    files_->serve(actions_);
    on(actions_.saveTruncated, [this] {
        tabs_->setCurrentWidget(laboratory_);
        laboratory_->saveSmaller();
    });
    savePlots(
        *actions_.exportPlot, *tabs_, [this] { return QFileInfo(opened_->runFolder()).fileName(); },
        *notices_);
    on(actions_.quit, [this] { close(); });
    notices_->follow(files_, u"files"_s);
    serveHub(actions_, *hub_, *files_, *notices_);
}

void MainWindow::connectPages() {
    link_->on<StateChanged>(this, [this](const StateChanged&) { refresh(); });
    // Also for the case that the machine goes down while it trains.
    link_->on<RunStarted>(this, [this](const RunStarted&) {
        memory_->keep(setup_->settings());
        Tour::end(*this);
    });
    connect(opened_, &Opened::changed, this, &MainWindow::refresh);
    connect(&notices_->mends(), &AlarmMends::learningRateWanted, setupDesk_, &SetupDesk::useLearningRate);
    files_->serve(*laboratory_, *playground_);
    connect(answers_, &AnswersPage::answersWanted, setupDesk_, &SetupDesk::askForAnswers);
    connect(setup_, &SetupColumn::changed, this, &MainWindow::refresh);
    connect(
        live_, &LiveView::nextRanksWanted, this, [this] { setupDesk_->chooseNextRanks(live_->spectra()); });
    connect(laboratory_, &LaboratoryPage::measuringChanged, this, &MainWindow::refresh);
    notices_->follow(laboratory_, u"laboratory"_s);
}

void MainWindow::begin(const QString& path) {
    const FirstRun first = firstRun(parts_.places);
    setup_->read(setUpAtStart(first, lastSetup_));
    playground_->setPrompt(first.prompt, parts_.places.sample);
    playground_->setMaxNewTokens(first.maxNewTokens);
    if (!path.isEmpty())
        openPath(path);
    else if (link_->remote() == nullptr) // which tells first what is open there
        setupDesk_->loadModel();
    broken_->look();
    setFocus(); // on no field, which would show a cursor at the end of a path and take what is typed
    if (!lastSetup_) Tour::startOnce(*this);
}

void MainWindow::refresh() {
    const EngineState state = link_->state();
    SetupStatus status = setupDesk_->status();
    status.measuring = laboratory_->isMeasuring();
    const EnabledActions enabled = enabledActions(state, status);
    lora::setEnabled(actions_, enabled, adapterHint(status));
    hub_->setUsable(enabled.openModel, enabled.openDataset);
    actions_.exportRun->setEnabled(!opened_->runFolder().isEmpty());
    showState(*actions_.statePill, state, palette());
    setup_->setState(enabled, startHint(state, status));
    playground_->setUsable(enabled.generate, talkHint(state, status));
    laboratory_->setUsable(enabled.analyse, analysisHint(state, status));
    laboratory_->setBase(setup_->settings());
    sweeps_->setBase(setup_->settings());
    data_->setBase(setup_->settings());
    answers_->setBase(setup_->settings());
    setWindowTitle(titleOf(*opened_));
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() != QEvent::PaletteChange) return;
    setIcons(actions_, palette());
    showState(*actions_.statePill, link_->state(), palette());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    event->setAccepted(leaving_->mayClose());
    if (event->isAccepted()) memory_->keep(setup_->settings());
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) { files_->drop(*event->mimeData()); }

} // namespace lora
