// The page of sweeps: what is typed becomes a sweep, what the engine tells becomes a table and curves.

#include "engine/sweeps/sweep_folder.h"
#include "tests/ui/silent_engine.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/sweeps/axis_editor.h"
#include "ui/sweeps/sweep_curves.h"
#include "ui/sweeps/sweep_draft.h"
#include "ui/sweeps/sweep_rows.h"
#include "ui/sweeps/sweeps_page.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest>

using namespace lora;
using namespace Qt::StringLiterals;

namespace {

RunSettings base() {
    RunSettings settings;
    settings.model = "/models/small.gguf";
    settings.data.train = "/data/train.jsonl";
    return settings;
}

SweepRow row(const std::string& rank, const std::string& seed, std::int64_t trainable, double accuracy) {
    SweepRow row{"rank=" + rank + "-seed=" + seed, SweepRunState::Finished};
    row.values = {rank, seed};
    row.trainable = trainable;
    row.eval_loss = 1 - accuracy;
    row.accuracy = accuracy;
    row.seconds = 61;
    row.steps_done = row.total_steps = 9;
    return row;
}

SweepTable table() {
    SweepTable table{"ranks", {"lora.rank", "training.seed"}, {}};
    table.rows = {row("1", "1", 100, 0.7), row("1", "2", 100, 0.8), row("16", "1", 1600, 0.9)};
    SweepRow failed{"rank=0-seed=1", SweepRunState::Failed, "rank: found 0"};
    failed.values = {"0", "1"};
    SweepRow waiting{"rank=16-seed=2"};
    waiting.values = {"16", "2"};
    table.rows.insert(table.rows.end(), {failed, waiting});
    return table;
}

SweepChanged changed(const std::string& folder, std::optional<std::size_t> current, bool over) {
    return {folder, std::make_shared<const SweepTable>(table()), current, over};
}

/// Full fine-tuning beside a subspace that reaches it slowly.
SweepTable methods() {
    SweepTable table{"d", {"method", "subspace.dimension"}, {}};
    table.rows = {
        row("subspace", "10", 10, 0.5), row("subspace", "100", 100, 0.75), row("full", "1000", 10000, 0.8)};
    return table;
}

} // namespace

class SweepsPageTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    template <class T>
    static T* find(const QWidget& page, const char* name) {
        T* found = page.findChild<T*>(QLatin1StringView(name));
        if (!found) qFatal("no widget is named %s", name);
        return found;
    }

    static constexpr const char* sweepOfData =
        R"({"name": "s", "base": {"data": {"train": "t.jsonl"}}, "axes": {"lora.rank": [1]}})";

    QString write(const QString& name, const char* text) const {
        QFile file(folder_.filePath(name));
        QDir().mkpath(QFileInfo(file).absolutePath());
        if (!file.open(QFile::WriteOnly) || file.write(text) < 0)
            qFatal("%s", qPrintable(file.errorString()));
        return file.fileName();
    }

private Q_SLOTS:
    void typed_values_are_numbers_truths_and_words() {
        QCOMPARE(axisValues(u" 1, 4 ,1e-3,,true, attention-qv"_s),
            (std::vector<Json>{1U, 4U, 1e-3, true, "attention-qv"}));
    }

    void the_user_chooses_by_what_the_runs_are_ranked() {
        SweepTable answered = table(); // the accuracies are 0.7, 0.8, 0.9, the exact matches turned about
        answered.rows[0].exact_match = 1;
        answered.rows[1].exact_match = 0.5;
        answered.rows[2].exact_match = 0.25;
        SilentEngine engine;
        SweepsPage page(engine.link(), folder_.filePath(u"none"_s));
        page.show();
        engine.say(SweepChanged{"/sweeps/ranks", std::make_shared<const SweepTable>(answered), {}, true});
        auto* by = find<QComboBox>(page, "sweepRankedBy");
        const auto* best = find<QLabel>(page, "sweepBest");
        const auto* view = find<QTableView>(page, "sweepTable");
        QCOMPARE(by->currentText(), u"Accuracy"_s);
        QCOMPARE(best->text(), u"Best: rank=16-seed=1, 90.0 %"_s);
        QCOMPARE(view->model()->headerData(placeColumn, Qt::Horizontal).toString(), u"Place"_s);
        QCOMPARE(view->model()->index(0, placeColumn).data().toString(), u"3"_s);

        by->setCurrentIndex(by->findText(u"Exact match"_s));
        Q_EMIT by->activated(by->currentIndex());

        QCOMPARE(best->text(), u"Best: rank=1-seed=1, 100.0 %"_s);
        QCOMPARE(view->model()->index(0, 0).data().toString(), u"rank=1-seed=1"_s);
        QCOMPARE(view->model()->index(2, 0).data().toString(), u"rank=16-seed=1"_s);
        engine.say(SweepChanged{"/sweeps/ranks", std::make_shared<const SweepTable>(answered), {}, true});
        QCOMPARE(by->currentText(), u"Exact match"_s); // what was chosen stays
    }

    void a_draft_is_the_set_up_with_its_axes() {
        const Sweep sweep = draftedSweep(u"ranks"_s, base(),
            {{u"lora.rank"_s, u"1, 4"_s}, {u""_s, u"7"_s}, {u"training.seed"_s, u""_s},
                {u"training.lr"_s, u"1e-3"_s}});
        QCOMPARE(sweep.base, base());
        QCOMPARE(sweep.axes.size(), std::size_t{2});
        QCOMPARE(planned_runs(sweep).size(), std::size_t{2});
        QCOMPARE(draftStatus(base(), {{u"lora.rank"_s, u"1, 4"_s}}).runs, 2);
        const DraftStatus wrong = draftStatus(base(), {{u"lora.rank"_s, u"four"_s}});
        QCOMPARE(wrong.runs, 0);
        QVERIFY(wrong.fault.contains(u"rank"_s));
        const DraftStatus twice = draftStatus(base(), {{u"lora.rank"_s, u"1"_s}, {u"lora.rank"_s, u"2"_s}});
        QVERIFY(twice.fault.contains(u"two axes"_s));
        const DraftStatus partly = draftStatus(base(), {{u"lora.rank"_s, u"0, 4"_s}});
        QCOMPARE(partly.runs, 2);
        QVERIFY(partly.fault.contains(u"Rank r: found 0"_s));
    }

    void a_sweep_of_ranks_keeps_the_scale_unless_it_is_told_not_to() {
        AxisEditor editor; // offers ranks at first
        editor.setBase(base());
        auto* keep = editor.findChild<QCheckBox*>(u"keepScale"_s);
        const auto* note = editor.findChild<QLabel*>(u"axisNote"_s);
        QVERIFY(editor.keepsScale());
        QVERIFY(draftedSweep(u"ranks"_s, base(), editor.axes(), editor.keepsScale()).keep_scale);
        QVERIFY2(note->text().contains(u"9 runs"_s), qPrintable(note->text()));
        editor.show();
        QTest::mouseClick(keep, Qt::LeftButton, {}, {8, keep->height() / 2});
        QVERIFY(!editor.keepsScale());
        QVERIFY(editor.isSound());
        QVERIFY2(
            note->text().startsWith(u"Rank r goes from 1 to 16 at one Alpha α"_s), qPrintable(note->text()));
    }

    void rows_show_settings_measures_and_reasons() {
        const ResultRows rows = sweepRows(table());
        QStringList names;
        for (const ResultColumn& column : rows.columns) names << column.name;
        QCOMPARE(names, (QStringList{u"Run"_s, u"State"_s, u"rank"_s, u"seed"_s, u"Trained"_s, u"Accuracy"_s,
                            u"Evaluation loss"_s, u"Time of the steps"_s, u"Why it failed"_s}));
        QCOMPARE(rows.rows[0][5].text, u"70.0 %"_s);
        QCOMPARE(rows.rows[3][1].text, u"Failed"_s);
        QCOMPARE(rows.rows[3][8].text, u"rank: found 0"_s);
        QCOMPARE(rows.rows[4][4].text, u"—"_s);
        QCOMPARE(progressWords(table()), u"3 of 5 runs finished, 1 failed"_s);
    }

    void curves_have_a_point_for_each_group_of_seeds() {
        SweepCurves curves;
        curves.setTable(table());
        QCOMPARE(curves.question(), (SweepQuestion{"", "", SweepMeasure::Accuracy}));
        QCPGraph* graph = curves.frame()->plot()->graph(0);
        QCOMPARE(graph->dataCount(), 2);
        QVERIFY(qFuzzyCompare(graph->dataMainValue(0), 75.0)); // per cent
        QCOMPARE(graph->dataMainKey(1), 1600.0);
        const QCPRange x = curves.frame()->plot()->xAxis->range();
        QVERIFY(x.lower > 0 && x.lower < 100 && x.upper > 1600);
        curves.ask({"lora.rank", "", SweepMeasure::EvalLoss});
        QCOMPARE(curves.frame()->plot()->graph(0)->dataMainKey(1), 16.0);
        QCOMPARE(curves.table().header,
            (QStringList{u"sweep"_s, u"lora.rank"_s, u"eval_loss"_s, u"eval_loss_sd"_s, u"runs"_s}));
        QCOMPARE(curves.table().rows.size(), std::size_t{2});
    }

    void a_table_that_goes_on_keeps_the_question() {
        SweepCurves curves;
        curves.setTable(table());
        curves.ask({"lora.rank", "", SweepMeasure::EvalLoss});
        SweepTable more = table();
        more.rows[4] = row("16", "2", 1600, 0.92);
        curves.setTable(more);
        QCOMPARE(curves.question(), (SweepQuestion{"lora.rank", "", SweepMeasure::EvalLoss}));
    }

    void d90_is_said_and_marked() {
        SweepCurves curves;
        curves.setTable(methods());
        QVERIFY(curves.shown().lines[0].d90->measured);
        const QString words = find<QLabel>(curves, "sweepWords")->text();
        QVERIFY2(
            words.contains(u"subspace: 100 parameters reach 90 % of full fine-tuning"_s), qPrintable(words));
        int marks = 0;
        for (int i = 0; i < curves.frame()->plot()->itemCount(); ++i)
            if (const auto* text = qobject_cast<QCPItemText*>(curves.frame()->plot()->item(i)))
                marks += text->text().startsWith(u"d90"_s);
        QCOMPARE(marks, 1);
    }

    void a_draft_is_started_with_the_set_up() {
        SilentEngine engine;
        SweepsPage page(engine.link(), folder_.path());
        page.setBase(base());
        engine.say(StateChanged{EngineState::Ready});
        find<QPushButton>(page, "sweepDraft")->click();
        find<QLineEdit>(page, "axisValues0")->setText(u"2, 8"_s);
        find<QLineEdit>(page, "axisValues1")->setText(u"5"_s);
        QVERIFY(find<QLabel>(page, "axisNote")->text().contains(u"2 runs"_s));
        find<QPushButton>(page, "startSweep")->click();
        const auto start = std::get<StartSweep>(engine.asked(1).at(0));
        QCOMPARE(start.sweep.base, base());
        QCOMPARE(planned_runs(start.sweep)[1].settings.lora.rank, 8);
        QVERIFY(start.folder.starts_with(folder_.path().toStdString() + "/"));
        find<QLineEdit>(page, "axisValues0")->setText(u"x"_s);
        QVERIFY(!find<QPushButton>(page, "startSweep")->isEnabled());
    }

    void a_file_is_started_with_paths_beside_it() {
        SilentEngine engine;
        SweepsPage page(engine.link(), folder_.path());
        QSignalSpy complained(&page, &SweepsPage::complained);
        page.setBase(base());
        write(u"t.jsonl"_s, "{}");
        const QString file = write(u"s.json"_s, sweepOfData);
        page.startFile(file);
        const auto start = std::get<StartSweep>(engine.asked(1).at(0));
        QCOMPARE(start.sweep.base.data.train, folder_.filePath(u"t.jsonl"_s).toStdString());
        QCOMPARE(start.sweep.base.model, base().model); // the file names none
        page.startFile(folder_.filePath(u"none.json"_s));
        QCOMPARE(complained.count(), 1);
    }

    void data_that_is_not_beside_the_file_is_found_beside_the_set_ups_or_asked_for() {
        SilentEngine engine;
        SweepsPage page(engine.link(), folder_.path());
        const QString file = write(u"elsewhere/s.json"_s, sweepOfData);
        const QString data = QFileInfo(write(u"data/t.jsonl"_s, "{}")).absolutePath();
        page.setBase(base());
        page.startFile(file);
        QVERIFY(engine.asked(0).empty());
        auto* dialog = find<QFileDialog>(page, "sweepDataFolder");
        QVERIFY(dialog->windowTitle().contains(u"t.jsonl"_s));
        Q_EMIT dialog->fileSelected(data);
        const auto started = [&](std::size_t index) {
            return std::get<StartSweep>(engine.asked(index + 1).at(index)).sweep.base.data.train;
        };
        QCOMPARE(started(0), (data + u"/t.jsonl"_s).toStdString());

        RunSettings setUp = base();
        setUp.data.train = (data + u"/other.jsonl"_s).toStdString();
        page.setBase(setUp);
        page.startFile(file);
        QCOMPARE(started(1), (data + u"/t.jsonl"_s).toStdString());
    }

    void a_sweep_under_way_fills_the_table_and_can_be_stopped_and_gone_on_with() {
        SilentEngine engine;
        SweepsPage page(engine.link(), folder_.path());
        page.show();
        const std::string sweep = folder_.filePath(u"2026 ranks"_s).toStdString();
        engine.say(StateChanged{EngineState::Running});
        engine.say(changed(sweep, 4, false));
        const auto* view = find<QTableView>(page, "sweepTable");
        const QAbstractItemModelTester tester(view->model());
        QCOMPARE(view->model()->rowCount(), 5);
        QVERIFY(!find<QPushButton>(page, "sweepFromFile")->isEnabled());
        QVERIFY(!find<QPushButton>(page, "resumeSweep")->isVisible());
        find<QPushButton>(page, "stopSweep")->click();
        QVERIFY(std::holds_alternative<StopRun>(engine.asked(1).at(0)));

        engine.say(changed(sweep, std::nullopt, true));
        engine.say(StateChanged{EngineState::Ready});
        QVERIFY(!find<QPushButton>(page, "stopSweep")->isVisible());
        find<QPushButton>(page, "resumeSweep")->click();
        QCOMPARE(std::get<ResumeSweep>(engine.asked(2).at(1)).folder, sweep);
    }

    void past_sweeps_are_listed_and_read() {
        Sweep sweep{.name = "ranks", .base = base(), .axes = {{"lora.rank", {1, 2}}}};
        sweep.base.model = sweep.base.data.train = folder_.filePath(u"there"_s).toStdString();
        QVERIFY(QFile(folder_.filePath(u"there"_s)).open(QFile::WriteOnly));
        create_sweep_folder(sweep, folder_.filePath(u"2026-11-24 ranks"_s).toStdString());
        SilentEngine engine;
        SweepsPage page(engine.link(), folder_.path());
        page.show();
        QVERIFY(find<QComboBox>(page, "sweepList")->findText(u"2026-11-24 ranks"_s) >= 0);
        page.openSweep(folder_.filePath(u"2026-11-24 ranks"_s));
        const auto* view = find<QTableView>(page, "sweepTable");
        QTRY_COMPARE(view->model()->rowCount(), 2);
        QVERIFY(find<QPushButton>(page, "resumeSweep")->isVisible());
    }
};

QTEST_MAIN(SweepsPageTest)
#include "sweeps_page_test.moc"
