#include "ui/window/run_queue.h"

#include "engine/method_sheets/method_sheet.h"
#include "engine/settings/schema.h"
#include "engine/settings/setting_differences.h"
#include "ui/elements/exception_words.h"

#include <QFileInfo>
#include <QSettings>
#include <QStringList>
#include <algorithm>
#include <exception>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

const QString queueKey = u"queue"_s;

bool isAtRest(EngineState state) {
    return state == EngineState::Empty || state == EngineState::Ready || state == EngineState::Failed;
}

QString lastPart(const std::string& path) { return QFileInfo(QString::fromStdString(path)).fileName(); }

/// "Rank" of "lora.rank"; a name that no row has as it is.
QString labelOf(const std::string& name) {
    for (const Setting& setting : all_settings())
        if (setting.path == name) return QString::fromStdString(setting.label);
    return QString::fromStdString(name);
}

} // namespace

RunQueue::RunQueue(EngineLink& link, SetupDesk& desk, QObject* parent)
    : QObject(parent), link_(link), desk_(desk) {
    followLink();
    recall();
}

void RunQueue::followLink() {
    link_.on<RunStarted>(this, [this](const RunStarted& run) {
        if (!starting_ || run.resumed) return;
        starting_ = false;
        runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(firstWaiting()));
        keep();
        Q_EMIT changed();
    });
    link_.on<Refused>(this, [this](const Refused& refused) { takeRefusal(refused); });
    link_.on<SweepChanged>(this, [this](const SweepChanged& sweep) { sweep_ = !sweep.over; });
    link_.on<RunEnded>(this, [this](const RunEnded& run) { endOf(run.finished); });
    link_.on<Failed>(this, [this](const Failed&) { endOf(true); });
    link_.on<StateChanged>(this, [this](const StateChanged& now) {
        if (due_ && isAtRest(now.state)) begin();
        Q_EMIT changed();
    });
}

// Who stops a run by hand may want the machine for something else.
void RunQueue::endOf(bool finished) {
    if (sweep_ || firstWaiting() == runs_.size()) return;
    due_ = finished;
    if (!finished) Q_EMIT said(tr("The queue waits. It goes on by “Start the queue”."));
}

std::size_t RunQueue::firstWaiting() const {
    const auto found =
        std::find_if(runs_.begin(), runs_.end(), [](const QueuedRun& run) { return run.fault.isEmpty(); });
    return static_cast<std::size_t>(found - runs_.begin());
}

bool RunQueue::canBegin() const {
    return !starting_ && isAtRest(link_.state()) && firstWaiting() < runs_.size();
}

void RunQueue::begin() {
    due_ = false;
    if (!canBegin()) return;
    starting_ = true;
    loadFault_.clear();
    asked_ = desk_.begin(runs_[firstWaiting()].settings);
    Q_EMIT changed();
}

// Where the model cannot be opened the start is refused too; the first says why.
void RunQueue::takeRefusal(const Refused& refused) {
    if (!starting_) return;
    const RequestId request = refused.request.id;
    const QString why = QString::fromUtf8(refused.why.what());
    if (request == asked_.load) loadFault_ = why;
    if (request != asked_.start) return;
    starting_ = false;
    runs_[firstWaiting()].fault = loadFault_.isEmpty() ? why : loadFault_;
    due_ = firstWaiting() < runs_.size();
    if (due_ && isAtRest(link_.state())) begin();
    Q_EMIT changed();
}

void RunQueue::add(const RunSettings& settings) {
    runs_.push_back({settings, {}});
    keep();
    const auto waiting =
        std::count_if(runs_.begin(), runs_.end(), [](const QueuedRun& run) { return run.fault.isEmpty(); });
    Q_EMIT said(tr("Added to the queue; %1 wait.").arg(waiting));
    Q_EMIT changed();
}

// What is being started is the engine's already, and keeps its place until it runs.
void RunQueue::remove(std::size_t run) {
    if (run >= runs_.size() || (starting_ && run == firstWaiting())) return;
    runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(run));
    keep();
    Q_EMIT changed();
}

void RunQueue::move(std::size_t run, int by) {
    const auto to = static_cast<std::ptrdiff_t>(run) + by;
    if (starting_ || run >= runs_.size() || to < 0 || to >= static_cast<std::ptrdiff_t>(runs_.size())) return;
    std::swap(runs_[run], runs_[static_cast<std::size_t>(to)]);
    keep();
    Q_EMIT changed();
}

void RunQueue::retry(std::size_t run) {
    if (starting_ || run >= runs_.size()) return;
    runs_[run].fault.clear();
    Q_EMIT changed();
}

void RunQueue::keep() const {
    QStringList texts;
    for (const QueuedRun& run : runs_)
        texts << QString::fromStdString(
            to_json(run.settings).dump(-1, ' ', false, Json::error_handler_t::replace));
    QSettings().setValue(queueKey, texts);
}

void RunQueue::recall() {
    for (const QString& text : QSettings().value(queueKey).toStringList()) {
        try {
            const std::string where = tr("a run that waited in the queue").toStdString();
            runs_.push_back({run_settings(parse_json(text.toStdString(), where), where), {}});
        } catch (const std::exception& error) {
            runs_.push_back({RunSettings(), wordsOf(error)});
        }
    }
}

QString queuedText(const std::vector<QueuedRun>& runs, std::size_t run) {
    const RunSettings& own = runs[run].settings;
    QStringList words{
        QString::fromStdString(title(own.method)), lastPart(own.model), lastPart(own.data.train)};
    std::vector<RunSettings> all;
    for (const QueuedRun& each : runs) all.push_back(each.settings);
    for (const SettingRow& row : setting_differences(all)) {
        if (row.name == "method" || row.name == "model" || row.name == "data.train") continue;
        words << u"%1 %2"_s.arg(labelOf(row.name), QString::fromStdString(row.values[run]));
    }
    words.removeAll({});
    return words.join(u" · "_s);
}

} // namespace lora
