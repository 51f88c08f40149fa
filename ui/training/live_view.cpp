#include "ui/training/live_view.h"

#include "engine/runs/run_health.h"
#include "ui/elements/quantities.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/loss_plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/plots/spectrum_plot.h"
#include "ui/training/progress_strip.h"

#include <QSplitter>
#include <QTimer>
#include <QVBoxLayout>
#include <limits>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

LiveView::LiveView(EngineLink& link, QWidget* parent)
    : QWidget(parent), loss_(new LossPlot(this)), spectrum_(new SpectrumPlot(this)), heat_(new HeatMap(this)),
      strip_(new ProgressStrip(this)) {
    setObjectName(u"liveView"_s);
    auto* lower = new QSplitter(Qt::Horizontal);
    lower->addWidget(spectrum_);
    lower->addWidget(heat_);
    lower->setChildrenCollapsible(false);
    lower->setSizes({500, 500});
    auto* plots = new QSplitter(Qt::Vertical, this);
    plots->setObjectName(u"plots"_s);
    plots->addWidget(loss_);
    plots->addWidget(lower);
    plots->setChildrenCollapsible(false);
    plots->setSizes({500, 500});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(plots, 1);
    column->addWidget(strip_);
    connectPlots();
    connectLink(link);
    connectStrip(link);
}

void LiveView::connectLink(EngineLink& link) {
    link.on<ModelLoaded>(
        this, [this](const ModelLoaded& loaded) { setGrid(LayerGrid(loaded.model->linears)); });
    link.on<ModelClosed>(this, [this](const ModelClosed&) { setGrid({}); });
    link.on<AdapterChanged>(this, [this](const AdapterChanged& adapter) {
        if (adapter.targets.empty()) clearSpectra();
    });
    link.on<RunStarted>(this, [this](const RunStarted& run) { startRun(run); });
    link.on<RunOpened>(this, [this](const RunOpened& opened) {
        showRecord(*opened.record);
        for (const Alarm& each : find_alarms(*opened.record)) add(each);
    });
    connect(&link, &EngineLink::stepsDone, this, [this](const std::vector<StepDone>& steps) { add(steps); });
    link.on<EvaluationDone>(this, [this](const EvaluationDone& evaluation) { add(evaluation); });
    link.on<SpectraDone>(this, [this](const SpectraDone& spectra) { add(spectra); });
    link.on<AlarmRaised>(this, [this](const AlarmRaised& raised) { add(raised.alarm); });
}

void LiveView::connectStrip(EngineLink& link) {
    link.on<Progress>(this, [this](const Progress& progress) { strip_->setProgress(progress); });
    link.on<ModelLoaded>(this, [this](const ModelLoaded&) { strip_->clear(); });
    link.on<ModelClosed>(this, [this](const ModelClosed&) { strip_->clear(); });
    // Nothing is being opened any more; the values stay, they tell of the run in sight.
    link.on<StateChanged>(this, [this](const StateChanged& now) {
        if (now.state != EngineState::Loading) strip_->stopWaiting();
    });
    link.on<Refused>(this, [this](const Refused&) { strip_->stopWaiting(); });
    link.on<RunEnded>(this, [this](const RunEnded& run) { strip_->setEnded(run.finished); });
    link.on<Failed>(this, [this](const Failed&) { strip_->setEnded(false); });
}

void LiveView::connectPlots() {
    connect(heat_, &HeatMap::linearClicked, spectrum_, &SpectrumPlot::select);
    connect(heat_, &HeatMap::linearShiftClicked, spectrum_, &SpectrumPlot::toggle);
    connect(heat_, &HeatMap::stepChosen, spectrum_, &SpectrumPlot::setShownStep);
    connect(heat_, &HeatMap::nextRanksWanted, this, &LiveView::nextRanksWanted);
    connect(spectrum_, &SpectrumPlot::selectionChanged, this, [this] { heat_->mark(spectrum_->drawn()); });
    for (PlotFrame* frame : {loss_->frame(), spectrum_->frame(), heat_->frame()})
        connect(frame, &PlotFrame::chosen, this, [this, frame] { setCurrent(frame); });
    current_ = loss_->frame();
}

void LiveView::setCurrent(PlotFrame* frame) {
    current_->setCurrent(false);
    current_ = frame;
    current_->setCurrent(true);
}

void LiveView::setGrid(const LayerGrid& grid) {
    heat_->setGrid(grid);
    clearSpectra();
}

void LiveView::startRun(const RunStarted& run) {
    loss_->clear();
    clearSpectra();
    strip_->clear();
    loss_->setTotalSteps(run.total_steps);
    strip_->setTotalSteps(run.total_steps);
    if (sheet_of(run.settings.method).ranks_move) heat_->setMeasure(measure("rank"));
    if (run.before) fill(*run.before, run.first_step - 1);
}

void LiveView::showRecord(const RunRecord& record) {
    loss_->clear();
    clearSpectra();
    loss_->setTotalSteps(record.total_steps);
    fill(record, std::numeric_limits<std::int64_t>::max());
    strip_->setRecord(record);
}

void LiveView::fill(const RunRecord& record, std::int64_t lastStep) {
    std::vector<StepRecord> steps;
    for (const StepRecord& step : record.steps)
        if (step.step <= lastStep) steps.push_back(step);
    loss_->add(steps);
    for (const EvaluationRecord& evaluation : record.evaluations)
        if (evaluation.step <= lastStep) loss_->add(evaluation);
    for (const auto& spectra : record.spectra)
        if (spectra->step <= lastStep) history_.add(spectra);
    showSpectra();
}

void LiveView::add(const std::vector<StepDone>& steps) {
    if (steps.empty()) return;
    std::vector<StepRecord> records;
    records.reserve(steps.size());
    for (const StepDone& step : steps) records.push_back(step.record);
    loss_->add(records);
    strip_->setStep(steps.back());
}

void LiveView::add(const EvaluationDone& evaluation) { loss_->add(evaluation.record); }

void LiveView::add(const SpectraDone& spectra) {
    if (spectra.run == RunId{}) history_.clear();
    history_.add(spectra.spectra);
    // All that one drain brings is drawn once.
    if (std::exchange(spectraWait_, true)) return;
    QTimer::singleShot(0, this, &LiveView::showSpectra);
}

void LiveView::add(const Alarm& alarm) {
    for (const std::string& path : alarm.targets) {
        QString& said = (is_advice(alarm.kind) ? advice_ : alarms_)[path];
        said += (said.isEmpty() ? QString() : u"\n"_s) + QString::fromStdString(alarm.sentence);
    }
    heat_->setAlarms(alarms_, advice_);
}

void LiveView::showSpectra() {
    spectraWait_ = false;
    // The map first: its slider may come to stand at another step, and all show one.
    heat_->setHistory(history_);
    spectrum_->setShownStep(heat_->shownStep());
    spectrum_->setHistory(history_);
}

void LiveView::clearSpectra() {
    history_.clear();
    alarms_.clear();
    advice_.clear();
    heat_->setAlarms({}, {});
    showSpectra();
}

QCustomPlot* LiveView::currentPlot() const { return current_->plot(); }

Table LiveView::currentTable() const {
    if (current_ == spectrum_->frame()) return spectrum_->table();
    return current_ == heat_->frame() ? heat_->table() : loss_->table();
}

QString LiveView::currentName() const {
    if (current_ == spectrum_->frame()) return u"spectrum"_s;
    return current_ == heat_->frame() ? u"map"_s : u"loss"_s;
}

QString LiveView::currentSubject() const {
    QStringList linears;
    if (current_ == spectrum_->frame())
        for (const auto& [path, color] : spectrum_->drawn()) linears << shortPath(path);
    return linears.join(u", "_s);
}

} // namespace lora
