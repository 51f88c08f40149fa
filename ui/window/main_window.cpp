#include "ui/window/main_window.h"

#include "engine/runs/run_health.h"
#include "ui/elements/banner.h"
#include "ui/elements/quantities.h"
#include "ui/elements/theme.h"
#include "ui/elements/wheel_guard.h"
#include "ui/laboratory/laboratory_page.h"
#include "ui/playground/playground.h"
#include "ui/runs/run_folder_name.h"
#include "ui/runs/runs_page.h"
#include "ui/setup/setup_column.h"
#include "ui/sweeps/sweeps_page.h"
#include "ui/training/live_view.h"
#include "ui/training/profile_view.h"
#include "ui/training/progress_strip.h"
#include "ui/window/about.h"
#include "ui/window/message_log.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QSettings>
#include <QTabWidget>
#include <QTimer>
#include <QToolBar>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// What a run gave, and where it lies.
QString whereResult(MethodKind method, const QString& folder) {
    switch (sheet_of(method).result) {
    case ResultKind::Weights: return MainWindow::tr("The trained model is in %1").arg(folder);
    case ResultKind::Subspace: return MainWindow::tr("The subspace's numbers are in %1").arg(folder);
    case ResultKind::Adapter: break;
    }
    return MainWindow::tr("The adapter is in %1").arg(folder);
}

} // namespace

MainWindow::MainWindow(WindowParts parts, QWidget* parent)
    : QMainWindow(parent), parts_(std::move(parts)), desktop_(QApplication::palette()),
      link_(std::make_unique<EngineLink>(parts_.makeWork)), actions_(buildActions(*this)),
      setup_(new SetupColumn(this)), banners_(new BannerArea(this)), live_(new LiveView(this)),
      laboratory_(new LaboratoryPage(this)),
      sweeps_(new SweepsPage(QFileInfo(parts_.places.runs).absolutePath() + u"/sweeps"_s, this)),
      runs_(new RunsPage(parts_.places.runs, this)), playground_(new Playground(this)),
      log_(new MessageLog(this)), profile_(new ProfileView(this)), tabs_(new QTabWidget(this)) {
    new WheelGuard(this);
    setObjectName(u"mainWindow"_s);
    setWindowTitle(tr("LoRA Workbench"));
    setAcceptDrops(true);
    resize(QSize(1480, 920).boundedTo(screen()->availableSize()));
    tabs_->setDocumentMode(true);
    tabs_->setObjectName(u"pages"_s);
    tabs_->addTab(live_, tr("Training"));
    tabs_->addTab(laboratory_, tr("Laboratory"));
    tabs_->addTab(sweeps_, tr("Sweeps"));
    tabs_->addTab(runs_, tr("Runs"));
    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(banners_);
    column->addWidget(tabs_, 1);
    setCentralWidget(centre);
    buildDocks();
    setup_->setDevices(parts_.devices);
    connectActions();
    connectSetup();
    connectLink();
    connectRunEvents();
    connectPlayground();
    connectRuns();
    connectLaboratory();
    connectSweeps();
    setTheme(QSettings().value(u"theme"_s).toString());
    fillRecent();
    refresh();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildDocks() {
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setDockOptions(AnimatedDocks | AllowTabbedDocks);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    const auto addDock = [this](const QString& title, const QString& name, QWidget* content,
                             Qt::DockWidgetArea area) {
        auto* dock = new QDockWidget(title, this);
        dock->setObjectName(name);
        dock->setWidget(content);
        addDockWidget(area, dock);
        actions_.view->addAction(dock->toggleViewAction());
        return dock;
    };
    QDockWidget* setup = addDock(tr("Set-up"), u"setupDock"_s, setup_, Qt::LeftDockWidgetArea);
    QDockWidget* play = addDock(tr("Playground"), u"playgroundDock"_s, playground_, Qt::BottomDockWidgetArea);
    QDockWidget* log = addDock(tr("Messages"), u"messagesDock"_s, log_, Qt::BottomDockWidgetArea);
    QDockWidget* profile = addDock(tr("Time"), u"profileDock"_s, profile_, Qt::BottomDockWidgetArea);
    tabifyDockWidget(play, log);
    tabifyDockWidget(log, profile);
    play->raise();
    setupDock_ = setup;
    talkDocks_ = {play, log, profile};
    connect(tabs_, &QTabWidget::currentChanged, this, [this] { showDocksOf(tabs_->currentWidget()); });
    resizeDocks({setup}, {360}, Qt::Horizontal);
    resizeDocks({play}, {220}, Qt::Vertical);
    actions_.view->addSeparator();
    actions_.view->addAction(actions_.toolbar->toggleViewAction());
}

void MainWindow::connectActions() {
    const auto on = [this](QAction* action, auto&& act) { connect(action, &QAction::triggered, this, act); };
    on(actions_.openModel, [this] { chooseModelFolder(); });
    on(actions_.openGguf, [this] { chooseModelFile(); });
    on(actions_.openDataset, [this] { chooseDataset(false); });
    on(actions_.loadAdapter, [this] { chooseAdapter(); });
    on(actions_.saveAdapter, [this] { saveAdapterAs(); });
    on(actions_.openRun, [this] { chooseRun(); });
    on(actions_.exportRun, [this] { exportRun(); });
    on(actions_.mergeModel, [this] { mergeModelAs(); });
    on(actions_.exportGguf, [this] { exportGgufAs(); });
    on(actions_.saveTruncated, [this] { saveSmaller(); });
    on(actions_.exportPlot, [this] { exportCurrentPlot(); });
    on(actions_.quit, [this] { close(); });
    on(actions_.start, [this] { startRun(); });
    on(actions_.pause, [this] { link_->post(PauseRun{}); });
    on(actions_.resume, [this] { resumeRun(); });
    on(actions_.stop, [this] { link_->post(StopRun{}); });
    on(actions_.saveNow, [this] { link_->post(SaveNow{}); });
    on(actions_.about, [this] { showAbout(this); });
    on(actions_.aboutQt, [] { QApplication::aboutQt(); });
    connect(actions_.theme, &QActionGroup::triggered, this,
        [this](const QAction* choice) { setTheme(choice->data().toString()); });
}

void MainWindow::connectSetup() {
    connect(setup_, &SetupColumn::changed, this, &MainWindow::refresh);
    connect(setup_, &SetupColumn::modelWanted, this, &MainWindow::loadModel);
    connect(setup_, &SetupColumn::dataWanted, this, &MainWindow::loadDataset);
    connect(setup_, &SetupColumn::startClicked, this, &MainWindow::startRun);
    connect(setup_, &SetupColumn::modelBrowseRequested, this, &MainWindow::chooseModelFile);
    connect(setup_, &SetupColumn::dataBrowseRequested, this, &MainWindow::chooseDataset);
    connect(setup_, &SetupColumn::adapterBrowseRequested, this, &MainWindow::chooseStartAdapter);
}

void MainWindow::connectLink() {
    EngineLink* link = link_.get();
    connect(link, &EngineLink::stateChanged, this, [this] {
        refresh();
        if (closing_ && !isRunActive(link_->state())) close();
    });
    connect(link, &EngineLink::progressed, live_->strip(), &ProgressStrip::setProgress);
    connect(link, &EngineLink::modelLoaded, this, &MainWindow::takeModel);
    connect(link, &EngineLink::datasetLoaded, this, [this](const DatasetLoaded& dataset) {
        setup_->setDataset(dataset);
        live_->strip()->stopWaiting(); // the values stay: they tell of the run in sight
    });
    connect(link, &EngineLink::adapterChanged, this, [this](const AdapterChanged& adapter) {
        adapter_ = adapter;
        playground_->setAdapter(adapter);
        laboratory_->setAdapter(adapter.weights ? AdapterChanged{} : adapter);
        if (adapter.targets.empty()) live_->clearSpectra();
        refresh();
    });
    connect(link, &EngineLink::runOpened, this, &MainWindow::takeRecord);
    connect(link, &EngineLink::adapterSaved, this, [this](const AdapterSaved& saved) {
        say(tr("Saved in %1").arg(QString::fromStdString(saved.folder)));
    });
    connect(link, &EngineLink::warned, this,
        [this](const Warning& each) { warn(QString::fromStdString(each.text)); });
    connect(link, &EngineLink::refused, this, [this](const Refused& refusal) {
        playground_->abandon();
        laboratory_->abandon();
        live_->strip()->stopWaiting();
        if (!setup_->status().dataset) setup_->setDataset({});
        complain(tr("Could not %1.\n%2")
                     .arg(QString::fromStdString(refusal.command), QString::fromStdString(refusal.why)));
    });
}

void MainWindow::connectRunEvents() {
    EngineLink* link = link_.get();
    connect(link, &EngineLink::runStarted, this, [this](const RunStarted& run) {
        runFolder_ = QString::fromStdString(run.folder);
        runMethod_ = run.settings.method;
        resumable_.reset();
        live_->startRun(run);
        log_->add(tr("Run started: %1").arg(runFolder_));
    });
    connect(link, &EngineLink::stepsDone, this, [this](const std::vector<StepDone>& steps) {
        live_->add(steps);
        profile_->setProfile(steps.back().profile);
    });
    connect(link, &EngineLink::evaluationDone, this, [this](const EvaluationDone& evaluation) {
        live_->add(evaluation);
        const auto& [step, loss, perplexity, terms, accuracy] = evaluation.record;
        log_->add(tr("Evaluation after step %1: loss %2").arg(step).arg(measureText(loss))
                  + (accuracy ? tr(", accuracy %1").arg(shareText(*accuracy)) : QString()));
    });
    connect(
        link, &EngineLink::spectraDone, this, [this](const SpectraDone& spectra) { live_->add(spectra); });
    connect(link, &EngineLink::alarmRaised, this, [this](const AlarmRaised& raised) { alarm(raised.alarm); });
    connect(link, &EngineLink::checkpointSaved, this, [this](const CheckpointSaved& saved) {
        log_->add(tr("Checkpoint of step %1: %2").arg(saved.step).arg(QString::fromStdString(saved.folder)));
    });
    connect(link, &EngineLink::runEnded, this, [this](const RunEnded& run) {
        live_->strip()->setEnded(run.finished);
        const QString words =
            run.finished ? tr("The run is finished: all %1 steps.") : tr("The run was stopped at step %1.");
        say(words.arg(run.step) + u' ' + whereResult(runMethod_, QString::fromStdString(run.adapter)));
    });
    connect(link, &EngineLink::failed, this, [this](const Failed& failure) {
        live_->strip()->setEnded(false);
        complain(tr("The run stopped by an error.\n%1").arg(QString::fromStdString(failure.why)));
    });
}

void MainWindow::connectPlayground() {
    EngineLink* link = link_.get();
    connect(playground_, &Playground::generateRequested, this,
        [this](const Generate& each) { link_->post(each); });
    connect(playground_, &Playground::stopRequested, this, [this] { link_->post(StopGeneration{}); });
    connect(link, &EngineLink::textGenerated, playground_, &Playground::add);
    connect(link, &EngineLink::generationEnded, playground_, &Playground::end);
}

void MainWindow::begin(const QString& path) {
    const FirstRun first = firstRun(parts_.places);
    setup_->read(first.settings);
    playground_->setPrompt(first.prompt);
    playground_->setMaxNewTokens(first.maxNewTokens);
    if (!path.isEmpty())
        openPath(path);
    else if (!first.settings.model.empty())
        loadModel();
    QTimer::singleShot(0, this, &MainWindow::offerBrokenRun);
}

SetupStatus MainWindow::status() const {
    SetupStatus status = setup_->status();
    status.adapter = !adapter_.targets.empty() && !adapter_.weights;
    status.weights = adapter_.weights;
    status.trainsWeights = trains_weights(runMethod_);
    status.resumable = resumable_.has_value();
    status.classifier = model_ && model_->task == Task::Classification;
    return status;
}

void MainWindow::refresh() {
    const EngineState state = link_->state();
    const EnabledActions enabled = enabledActions(state, status());
    lora::setEnabled(actions_, enabled, adapterHint(status()));
    actions_.exportRun->setEnabled(!runFolder_.isEmpty());
    showState(*actions_.statePill, state, palette());
    setup_->setState(enabled, startHint(state, status()));
    playground_->setUsable(enabled.generate, talkHint(state, status()));
    laboratory_->setUsable(enabled.analyse, analysisHint(state, status()));
    sweeps_->setBase(setup_->settings());
    sweeps_->setState(state);
}

void MainWindow::takeModel(std::shared_ptr<const ModelSummary> model) {
    model_ = std::move(model);
    RunSettings settings = setup_->settings();
    settings.model = model_->path;
    setup_->setModel(model_);
    live_->setGrid(setup_->grid());
    live_->strip()->clear();
    playground_->setChatKnown(model_->chatml);
    remember(FileKind::Model, QString::fromStdString(model_->path));
    if (!settings.data.train.empty() && !isRunActive(link_->state())) loadDataset();
    refresh();
}

void MainWindow::takeRecord(const std::shared_ptr<const RunRecord>& record) {
    setup_->read(record->settings);
    live_->showRecord(*record);
    for (const Alarm& each : find_alarms(*record)) alarm(each);
    runFolder_ = QString::fromStdString(record->folder);
    resumable_.reset();
    if (!record->finished && record->checkpoint) resumable_ = runFolder_;
    remember(FileKind::Run, runFolder_);
    loadDataset();
    refresh();
}

void MainWindow::loadModel() {
    const RunSettings settings = setup_->settings();
    if (!settings.model.empty()) link_->post(LoadModel{settings.model, settings.device, settings.dtype});
}

void MainWindow::loadDataset() {
    const RunSettings settings = setup_->settings();
    if (model_ && !settings.data.train.empty()) link_->post(LoadDataset{settings.data});
}

void MainWindow::startRun() {
    const RunSettings settings = setup_->settings();
    link_->post(StartRun{settings, newRunFolder(parts_.places.runs, settings).toStdString()});
}

void MainWindow::resumeRun() {
    if (link_->state() == EngineState::Paused)
        link_->post(ContinueRun{});
    else if (resumable_)
        link_->post(ResumeRun{resumable_->toStdString()});
}

void MainWindow::offerBrokenRun() {
    for (const RunListing& run : list_runs(parts_.places.runs.toStdString())) {
        if (!run.resumable) continue;
        const std::string folder = run.folder;
        banners_->show(BannerKind::Information,
            tr("The run “%1” stopped at step %2 of %3.")
                .arg(QString::fromStdString(run.name))
                .arg(run.steps_done)
                .arg(run.total_steps),
            {{tr("Resume"), [this, folder] { link_->post(ResumeRun{folder}); }},
                {tr("Open"), [this, folder] { link_->post(OpenRun{folder}); }}});
        return;
    }
}

void MainWindow::setTheme(const QString& wanted) {
    const Theme theme = themeNamed(wanted);
    applyTheme(*qApp, theme, desktop_);
    for (QAction* choice : actions_.theme->actions())
        choice->setChecked(choice->data().toString() == name(theme));
    QSettings().setValue(u"theme"_s, name(theme));
}

void MainWindow::say(const QString& text) {
    log_->add(text);
    banners_->show(BannerKind::Information, text);
}

void MainWindow::warn(const QString& text) {
    log_->add(text);
    banners_->show(BannerKind::Warning, text);
}

void MainWindow::alarm(const Alarm& alarm) {
    live_->add(alarm);
    warn(QString::fromStdString(alarm.sentence + " " + alarm.advice));
}

void MainWindow::complain(const QString& text) {
    log_->add(text);
    banners_->show(BannerKind::Error, text);
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() != QEvent::PaletteChange) return;
    setIcons(actions_, palette());
    showState(*actions_.statePill, link_->state(), palette());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!isRunActive(link_->state())) return event->accept();
    event->ignore();
    if (!closing_) askBeforeClosing();
}

void MainWindow::askBeforeClosing() {
    if (findChild<QMessageBox*>(u"closeQuestion"_s)) return;
    auto* question = new QMessageBox(QMessageBox::Question, tr("A run is active"),
        tr("Stop the run at its last finished step, save it, and close?"), QMessageBox::NoButton, this);
    question->setObjectName(u"closeQuestion"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* stop = question->addButton(tr("Stop and save"), QMessageBox::AcceptRole);
    question->addButton(tr("Keep running"), QMessageBox::RejectRole);
    connect(question, &QMessageBox::buttonClicked, this, [this, stop](const QAbstractButton* pressed) {
        if (pressed != stop) return;
        closing_ = true;
        link_->post(StopRun{});
        if (!isRunActive(link_->state())) close();
    });
    question->open();
}

} // namespace lora
