// The window's own waits, on the real engine. Prints one JSON object.
//
// benchmark-window start BEGIN_NS
//     ms from BEGIN_NS (CLOCK_REALTIME, before the process began) to the first frame and to the first moment
//     that the event loop had nothing left to do
//
// benchmark-window stalls MODEL DATA STEPS
//     the longest that the event loop let a due timer wait while it trains
//
// benchmark-window plots POINTS
//     a loss plot of so many steps: ms to fill, draw, zoom and read
//
// benchmark-window runs COUNT RUN
//     the page of past runs with so many copies of a run's folder: ms to list them and to search them, and
//     the longest that the event loop let a due timer wait, then and while the curves of some are drawn

#include "app/open_engine.h"
#include "engine/machine/device_info.h"
#include "ui/plots/loss_plot.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/window/first_frame.h"
#include "ui/window/main_window.h"

#include <QAbstractEventDispatcher>
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <future>
#include <optional>

namespace {

using namespace Qt::StringLiterals;
using namespace lora;

double ms_since_epoch() {
    return std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

int start(double begin_ms) {
    std::promise<void> shown;
    MainWindow window({open_engine_after(shown.get_future()), processor_alone(), findPlaces()});
    const FirstFrame frame(window);
    double frame_ms = 0, idle_ms = 0;
    QObject::connect(&frame, &FirstFrame::shown, &window, [&] {
        frame_ms = ms_since_epoch();
        shown.set_value();
    });
    window.show();
    window.begin();
    QObject::connect(
        QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock, &window, [&] {
            if (frame_ms == 0 || idle_ms > 0) return;
            idle_ms = ms_since_epoch();
            QTimer::singleShot(0, qApp, &QApplication::quit);
        });
    QApplication::exec();
    std::printf("{\"first_frame_ms\": %.0f, \"usable_ms\": %.0f}\n", frame_ms - begin_ms, idle_ms - begin_ms);
    return 0;
}

/// Times between the ticks of a timer that is due every millisecond.
class Heartbeat : public QObject {
public:
    Heartbeat() {
        timer_.setTimerType(Qt::PreciseTimer);
        connect(&timer_, &QTimer::timeout, this, [this] {
            waits_ms_.push_back(1e-6 * static_cast<double>(since_.nsecsElapsed()));
            since_.restart();
        });
        since_.start();
        timer_.start(1);
    }
    double longest_ms() const {
        return waits_ms_.empty() ? 0 : *std::max_element(waits_ms_.begin(), waits_ms_.end());
    }
    double share_above(double limit_ms) const {
        const auto count =
            std::count_if(waits_ms_.begin(), waits_ms_.end(), [&](double ms) { return ms > limit_ms; });
        return waits_ms_.empty() ? 0 : static_cast<double>(count) / static_cast<double>(waits_ms_.size());
    }

private:
    QTimer timer_;
    QElapsedTimer since_;
    std::vector<double> waits_ms_;
};

int stalls(const QString& model, const QString& data, std::int64_t steps) {
    const QTemporaryDir folder;
    MainWindow window({open_engine, processor_alone(), {u""_s, folder.path(), data}});
    window.show();
    window.begin(model);
    auto* start = window.findChild<QAction*>(u"start"_s);
    std::int64_t done = 0;
    std::optional<Heartbeat> heartbeat;
    const auto* told = window.findChild<QLabel*>(u"stepValue"_s); // "12 of 100"
    QTimer watch;
    QObject::connect(&watch, &QTimer::timeout, &window, [&] {
        if (heartbeat) {
            done = told->text().section(u' ', 0, 0).toLongLong();
            if (done >= steps) QApplication::quit();
        } else if (start->isEnabled()) {
            heartbeat.emplace();
            start->trigger();
        }
    });
    watch.start(100);
    QApplication::exec();
    std::printf("{\"steps\": %lld, \"longest_stall_ms\": %.1f, \"share_above_16_ms\": %.5f}\n",
        static_cast<long long>(done), heartbeat->longest_ms(), heartbeat->share_above(16));
    return 0;
}

int plots(std::int64_t points) {
    LossPlot plot;
    plot.resize(1000, 500);
    plot.show();
    QApplication::processEvents();
    std::vector<StepRecord> steps;
    for (std::int64_t step = 1; step <= points; ++step)
        steps.push_back({.step = step,
            .loss = 1 + 2 * std::exp(-5e-6 * static_cast<double>(step))
                    + 0.2 * std::sin(static_cast<double>(step * step % 9973))});
    const auto took_ms = [](auto&& act) {
        QElapsedTimer clock;
        clock.start();
        act();
        QApplication::processEvents();
        return 1e-6 * static_cast<double>(clock.nsecsElapsed());
    };
    QCustomPlot* drawn = plot.frame()->plot();
    plot.setTotalSteps(points);
    const double fill = took_ms([&] {
        plot.add(steps);
        drawn->replot();
    });
    const double draw = took_ms([&] { drawn->replot(); });
    const double more = took_ms([&] {
        plot.add({{.step = points + 1, .loss = 1}});
        drawn->replot();
    });
    const double zoom = took_ms([&] {
        plot.frame()->setFollows(false);
        drawn->xAxis->setRange(0.4 * static_cast<double>(points), 0.5 * static_cast<double>(points));
        drawn->replot();
    });
    std::printf("{\"points\": %lld, \"fill_ms\": %.1f, \"draw_ms\": %.1f, \"one_more_ms\": %.1f, "
                "\"zoomed_ms\": %.1f}\n",
        static_cast<long long>(points), fill, draw, more, zoom);
    return 0;
}

constexpr int drawnAtOnce = 20; // runs whose curves lie in one plot

void copyRuns(const QString& home, const QString& run, int count) {
    for (int copy = 0; copy < count; ++copy) {
        const QString folder = u"%1/run %2"_s.arg(home).arg(copy);
        QDir().mkpath(folder);
        for (const QString& file : {u"/run.json"_s, u"/events.jsonl"_s})
            if (!QFile::copy(run + file, folder + file)) std::fprintf(stderr, "%s\n", qPrintable(run + file));
    }
}

int runs(int count, const QString& run) {
    const QTemporaryDir folder;
    copyRuns(folder.path(), run, count);
    MainWindow window({open_engine, processor_alone(), {u""_s, folder.path(), u""_s}});
    window.show();
    window.begin();
    QApplication::processEvents();
    const auto* table = window.findChild<QTableView*>(u"runsTable"_s);
    const auto until_ms = [](auto&& is_so) {
        QElapsedTimer clock;
        clock.start();
        while (!is_so()) QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        QApplication::processEvents();
        return 1e-6 * static_cast<double>(clock.nsecsElapsed());
    };
    const Heartbeat heartbeat;
    auto* pages = window.findChild<QTabWidget*>();
    pages->setCurrentWidget(window.findChild<QWidget*>(u"runsPage"_s));
    const double list = until_ms([&] { return table->model()->rowCount() == count; });
    auto* search = window.findChild<QLineEdit*>(u"runSearch"_s);
    search->setText(u"no such run"_s);
    const double find = until_ms([&] { return table->model()->rowCount() == 0; });
    search->clear();
    until_ms([&] { return table->model()->rowCount() == count; });
    const double listing = heartbeat.longest_ms();
    const auto cell = [&](int row) { return table->model()->index(row, 0); };
    table->selectionModel()->select(QItemSelection(cell(0), cell(std::min(count, drawnAtOnce) - 1)),
        QItemSelectionModel::Select | QItemSelectionModel::Rows);
    QElapsedTimer since;
    since.start();
    until_ms([&] { return since.elapsed() > 3000; }); // their files are read and their curves drawn
    std::printf("{\"runs\": %d, \"list_ms\": %.1f, \"find_ms\": %.1f, \"longest_stall_ms\": %.1f, "
                "\"longest_stall_drawing_ms\": %.1f}\n",
        count, list, find, listing, heartbeat.longest_ms());
    return 0;
}

} // namespace

int main(int count, char** words) {
    QApplication application(count, words);
    const QStringList asked = QApplication::arguments().mid(1);
    if (asked.size() == 2 && asked[0] == "start"_L1) return start(1e-6 * asked[1].toDouble());
    if (asked.size() == 4 && asked[0] == "stalls"_L1)
        return stalls(asked[1], asked[2], asked[3].toLongLong());
    if (asked.size() == 2 && asked[0] == "plots"_L1) return plots(asked[1].toLongLong());
    if (asked.size() == 3 && asked[0] == "runs"_L1) return runs(asked[1].toInt(), asked[2]);
    return 2;
}
