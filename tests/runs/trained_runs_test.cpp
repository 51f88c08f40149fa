// What runs that were really trained are told, and at which step: those that went wrong once as they went,
// once more when they are opened; and that those that went well are told nothing. See
// tests/fixtures/trained_runs/make.py.

#include "engine/files/events_log.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_health.h"

#include <QDir>
#include <QTest>

using namespace lora;

namespace {

const std::string home = FIXTURES "/trained_runs/";

/// "loss_rises at 51", …
QStringList words(const std::vector<Alarm>& alarms, bool with_advice) {
    QStringList all;
    for (const Alarm& alarm : alarms)
        if (with_advice || !is_advice(alarm.kind))
            all << QString::fromStdString(name(alarm.kind) + " at " + std::to_string(alarm.step));
    return all;
}

/// What is told while the events come one by one, and at the end.
std::vector<Alarm> told_on_the_way(const std::string& run) {
    HealthWatch watch(read_run_file(run).settings.method);
    std::vector<Alarm> told;
    const auto note = [&](const std::vector<Alarm>& alarms) {
        told.insert(told.end(), alarms.begin(), alarms.end());
    };
    auto measured = std::make_shared<SpectraOfStep>();
    const auto flush = [&] {
        if (!measured->spectra.empty()) note(watch.add(measured));
        measured = std::make_shared<SpectraOfStep>();
    };
    const SoundEvents events = read_events(events_path(run));
    for (const Json& event : events.events) {
        const EventKind kind = kind_of(event);
        if (kind != EventKind::Spectrum) flush();
        if (kind == EventKind::Step) note(watch.add(step_record(event, run)));
        if (kind == EventKind::Evaluation) note(watch.add(evaluation_record(event, run)));
        if (kind != EventKind::Spectrum) continue;
        measured->step = step_of(event).value_or(0);
        measured->spectra.push_back(spectrum(event, run));
    }
    flush();
    note(watch.end());
    return told;
}

} // namespace

class TrainedRunsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void what_went_wrong_is_told_in_time_data() {
        QTest::addColumn<QStringList>("told");
        QTest::addColumn<QString>("first"); // sentence
        const auto row = [](const char* run, const std::vector<const char*>& told, const char* first) {
            QStringList words;
            for (const char* each : told) words << QString::fromUtf8(each);
            QTest::newRow(run) << words << QString::fromUtf8(first);
        };
        row("diverged",
            {"loss_rises at 6", "beyond_weights at 10", "worse_than_before at 10", "ended_worse at 30",
                "one_direction at 30"},
            "The training loss is far above where it began: 4.19 at step 6, 0.511 before.");
        row("diverged-late",
            {"beyond_weights at 20", "loss_rises at 51", "worse_than_before at 60", "ended_worse at 80"},
            "The update is larger than the weight it changes in 1 of 6 targets, up to 1.31 times.");
        row("rising",
            {"beyond_weights at 30", "loss_spikes at 77", "loss_rises at 80", "worse_than_before at 100",
                "grows_for_nothing at 110", "ended_worse at 120"},
            "The update is larger than the weight it changes in 1 of 6 targets, up to 1.02 times.");
        row("overfitting", {"overfits at 40", "beyond_weights at 50"},
            "The evaluation turned up after its best: loss 0.304 after step 30, 0.348 after step 40, while "
            "the training loss did not rise.");
        row("by-heart", {"overfits at 80"},
            "The evaluation turned up after its best: loss 2.27 after step 40, 2.43 after step 80, while the "
            "training loss did not rise.");
        row("spiking", {"loss_spikes at 35", "grows_for_nothing at 120", "one_direction at 120"},
            "The training loss spikes: 3.77 at step 35, where it was about 0.233 before.");
        row("near-nan", {"nan_near at 5", "beyond_weights at 10", "loss_rises at 12", "ended_worse at 40"},
            "The training loss grows without bound: 152 at step 5, more than any guessing would have.");
        row("starved", {"starved at 80"},
            "18 of 21 targets fill their whole rank evenly: no singular value falls off.");
        row("dead", {"learns_nothing at 30"},
            "Nothing is learned: after 30 steps no update is above 6e-08 of its weight's size.");
        row("dead-full", {"learns_nothing at 60"},
            "Nothing is learned: after 60 steps no update is above 7e-08 of its weight's size.");
    }
    void what_went_wrong_is_told_in_time() {
        QFETCH(QStringList, told);
        QFETCH(QString, first);
        const std::vector<Alarm> alarms = told_on_the_way(home + QTest::currentDataTag());
        QCOMPARE(words(alarms, true), told);
        QCOMPARE(QString::fromStdString(alarms.front().sentence), first);
        QVERIFY(!alarms.front().advice.empty());
    }

    void what_was_told_is_there_when_the_run_is_opened_again() {
        for (const QString& run :
            QDir(QString::fromStdString(home)).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            const std::string folder = home + run.toStdString();
            QStringList told = words(told_on_the_way(folder), true);
            const QStringList opened = words(find_alarms(read_run_curves(folder)), true);
            // That an evaluation is worse is told once more by the end, which then stands for both.
            if (!told.filter(QStringLiteral("ended_worse")).empty())
                told.removeIf([](const QString& each) { return each.startsWith(u"worse_than_before"); });
            QCOMPARE(opened, told);
        }
    }

    void what_went_well_is_told_nothing_but_advice() {
        const QStringList runs = QDir(QString::fromStdString(home)).entryList({QStringLiteral("healthy-*")});
        QVERIFY(runs.size() >= 8);
        for (const QString& run : runs) {
            const QStringList told = words(told_on_the_way(home + run.toStdString()), false);
            QVERIFY2(told.empty(), qPrintable(run + u' ' + told.join(u' ')));
        }
    }
};

QTEST_GUILESS_MAIN(TrainedRunsTest)
#include "trained_runs_test.moc"
