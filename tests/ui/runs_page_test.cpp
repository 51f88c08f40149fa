// The page of past runs on folders that were written for the test.

#include "engine/files/events_log.h"
#include "engine/files/store.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_folder.h"
#include "tests/ui/window_fixture.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/runs/run_details.h"
#include "ui/runs/run_overlay.h"
#include "ui/runs/runs_model.h"
#include "ui/runs/runs_page.h"

#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTableWidget>

using namespace lora;

namespace {

std::string makeRun(const QString& home, const QString& name, std::int64_t rank, double loss) {
    const QString folder = home + u'/' + name;
    QDir().mkpath(folder);
    RunSettings settings;
    settings.model = "/models/SmolLM2.gguf";
    settings.data.train = "/data/commands.jsonl";
    settings.lora.rank = rank;
    write_file(settings_path(folder.toStdString()),
        Json{{"total_steps", 3}, {"settings", to_json(settings)}}.dump());
    EventsLog log(events_path(folder.toStdString()));
    for (std::int64_t step = 1; step <= 3; ++step)
        log.append(step_event({step, loss / static_cast<double>(step), 1e-3, 1, 100, 50}));
    log.append(evaluation_event({3, loss / 4, 2, 9}));
    log.append(done_event(3, "", RunEnd::AllSteps));
    return folder.toStdString();
}

} // namespace

class RunsPageTest : public QObject {
    Q_OBJECT

    /// A window with two past runs, on their page.
    struct Runs {
        WindowFixture at;
        std::string small, large;
        RunsPage* page = nullptr;

        Runs() {
            const QString home = at.folder.path() + u"/runs"_s;
            small = makeRun(home, u"small"_s, 4, 2);
            large = makeRun(home, u"large"_s, 64, 3);
            page = at.find<RunsPage>("runsPage");
            at.window->findChild<QTabWidget*>()->setCurrentWidget(page);
        }
        bool isListed() const { return page->model()->rowCount() == 2; }
        int graphs() const { return page->overlay()->frame()->plot()->graphCount(); }
    };

private Q_SLOTS:
    void the_models_keep_the_rules_of_item_models() {
        RunsModel model;
        RunsFilter filter(&model);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        const QAbstractItemModelTester second(&filter, QAbstractItemModelTester::FailureReportingMode::Fatal);
        RunListing run;
        run.folder = "/runs/a";
        run.name = "a";
        model.setRuns({run});
        model.setNotes("/runs/a", {"note", {"keep"}});
        filter.setWords(u"tag:keep"_s);
        QCOMPARE(filter.rowCount(), 1);
        filter.setWords(u"tag:other"_s);
        QCOMPARE(filter.rowCount(), 0);
        model.setColors({{"/runs/a", Qt::red}});
        model.setRuns({});
    }

    void a_page_without_runs_says_what_comes_here_and_a_search_that_nothing_is_found() {
        const Runs runs;
        const auto* words = runs.at.find<QTableView>("runsTable")->findChild<QLabel*>(u"emptyWords"_s);
        QVERIFY(words != nullptr);
        QTRY_VERIFY(runs.isListed());
        QVERIFY(!words->isVisible());
        runs.page->model()->setRuns({});
        QVERIFY(words->isVisible());
        QVERIFY2(words->text().contains(u"Start training"_s), qPrintable(words->text()));
        QTest::keyClicks(runs.at.find<QLineEdit>("runSearch"), u"nowhere"_s);
        QVERIFY2(words->text().contains(u"search"_s), qPrintable(words->text()));
    }

    void past_runs_are_listed_and_found_by_typing() {
        const Runs runs;
        QTRY_VERIFY(runs.isListed());

        QTest::keyClicks(runs.at.find<QLineEdit>("runSearch"), u"rank=64"_s);

        auto* table = runs.at.find<QTableView>("runsTable");
        QCOMPARE(table->model()->rowCount(), 1);
        QCOMPARE(table->model()->index(0, RunsModel::Name).data().toString(), u"large"_s);
        QCOMPARE(table->model()->index(0, RunsModel::Evaluation).data().toString(), u"0.750"_s);
        QCOMPARE(runs.at.find<QLabel>("runCount")->text(), u"Runs: 1 of 2"_s);
    }

    void a_search_without_a_match_leaves_nothing_and_its_end_all_that_was_there() {
        const Runs runs;
        QTRY_VERIFY(runs.isListed());
        auto* table = runs.at.find<QTableView>("runsTable");
        const QPoint first = table->visualRect(table->model()->index(0, 0)).center();
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, first);
        QVERIFY(runs.at.can("runOpen"));

        auto* search = runs.at.find<QLineEdit>("runSearch");
        QTest::keyClicks(search, u"zebra"_s);
        QCOMPARE(runs.at.find<QLabel>("runCount")->text(), u"Runs: 0 of 2"_s);
        QCOMPARE(table->model()->rowCount(), 0);
        QVERIFY(!runs.at.can("runOpen"));
        for (int i = 0; i < 5; ++i) QTest::keyClick(search, Qt::Key_Backspace);
        QCOMPARE(runs.at.find<QLabel>("runCount")->text(), u"Runs: 2"_s);
        QCOMPARE(table->model()->rowCount(), 2);
    }

    void selected_runs_are_overlaid_and_their_differences_shown() {
        const Runs runs;
        QTRY_VERIFY(runs.isListed());

        runs.page->select({runs.small, runs.large});

        QTRY_COMPARE(runs.graphs(), 2);
        auto* settings = runs.at.find<QTableWidget>("runSettings");
        QCOMPARE(settings->rowCount(), 1);
        QCOMPARE(settings->item(0, 0)->text(), u"lora.rank"_s);
        runs.page->overlay()->setCurveName(u"eval/loss"_s);
        QCOMPARE(runs.page->overlay()->table().rows.size(), 2U);
    }

    void many_runs_beside_each_other_keep_columns_that_can_be_read() {
        RunDetails details;
        details.resize(320, 400);
        std::vector<RunListing> many(8);
        for (std::size_t run = 0; run < many.size(); ++run)
            many[run].settings.lora.rank = static_cast<std::int64_t>(run + 1);
        details.setRuns(many);
        details.show();
        const auto* columns = details.findChild<QTableWidget*>(u"runSettings"_s)->horizontalHeader();
        for (int column = 0; column < columns->count(); ++column)
            QVERIFY(columns->sectionSize(column) >= 10 * details.fontMetrics().averageCharWidth());
    }

    void a_note_and_tags_are_kept_in_the_runs_folder() {
        const Runs runs;
        QTRY_VERIFY(runs.isListed());
        runs.page->select({runs.small});

        auto* tags = runs.at.find<QLineEdit>("runTags");
        QTest::keyClicks(tags, u"keep, small"_s);
        QTest::keyClick(tags, Qt::Key_Return);
        auto* note = runs.at.find<QPlainTextEdit>("runNote");
        QTest::keyClicks(note, u"enough"_s);
        runs.page->select({runs.large});

        QCOMPARE(read_notes(runs.small), (RunNotes{"enough", {"keep", "small"}}));
        QCOMPARE(read_notes(runs.large), RunNotes());
        QVERIFY(runs.page->model()->searchText(0).find("tag:keep") != std::string::npos
                || runs.page->model()->searchText(1).find("tag:keep") != std::string::npos);
    }

    void selected_runs_are_exported() {
        const Runs runs;
        QTRY_VERIFY(runs.isListed());
        runs.page->select({runs.small, runs.large});

        runs.page->exportTensorBoard(runs.at.folder.path() + u"/logs"_s);
        runs.page->exportCsv(runs.at.folder.path() + u"/curves.csv"_s);

        for (const char* name : {"small", "large"}) {
            QCOMPARE(QDir(runs.at.folder.path() + u"/logs/"_s + QLatin1StringView(name))
                         .entryList({u"events.out.tfevents.*"_s})
                         .size(),
                1);
            QVERIFY(QFile::exists(runs.at.folder.path() + u"/curves %1.csv"_s.arg(QLatin1StringView(name))));
        }
    }

    void a_run_is_thrown_away_after_a_question() {
        const Runs runs;
        QTRY_VERIFY(runs.isListed());
        runs.page->select({runs.small});

        runs.at.click("trashRuns");
        QVERIFY(QDir(QString::fromStdString(runs.small)).exists());
        runs.at.click("confirmTrash");

        QTRY_COMPARE(runs.page->model()->rowCount(), 1);
        QVERIFY(!QDir(QString::fromStdString(runs.small)).exists());
    }

    void a_run_stays_where_it_is_and_that_is_told_where_there_is_no_trash() {
        const Runs runs;
        QTRY_VERIFY(runs.isListed());
        runs.page->select({runs.small});
        const QByteArray home = qgetenv("HOME");
        const QString here = QDir::currentPath();
        const QTemporaryDir other;
        write_file(other.filePath(u".qttest"_s).toStdString(), "a file where a folder would be");
        qputenv("HOME", other.path().toUtf8());
        QDir::setCurrent(other.path());

        runs.at.click("trashRuns");
        runs.at.click("confirmTrash");

        qputenv("HOME", home);
        QDir::setCurrent(here);
        QVERIFY(QDir(QString::fromStdString(runs.small)).exists());
        QVERIFY(runs.at.isTold(u"could not be moved to the trash"_s));
        QCOMPARE(QDir(other.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList());
    }

    void a_run_is_called_by_the_title_that_it_was_given() {
        const Runs runs;
        QTRY_VERIFY(runs.isListed());
        runs.page->select({runs.small});

        runs.at.action("runRename")->trigger();
        QTest::keyClicks(runs.at.find<QLineEdit>("runTitle"), u"the best one"_s);
        QTest::keyClick(runs.at.find<QLineEdit>("runTitle"), Qt::Key_Return);
        QTest::keyClicks(runs.at.find<QLineEdit>("runSearch"), u"best"_s);

        auto* table = runs.at.find<QTableView>("runsTable");
        QCOMPARE(table->model()->rowCount(), 1);
        QCOMPARE(table->model()->index(0, RunsModel::Name).data().toString(), u"the best one"_s);
        QCOMPARE(read_notes(runs.small), (RunNotes{"", {}, "the best one"}));
        QVERIFY(QDir(QString::fromStdString(runs.small)).exists());
    }

    void a_run_that_stopped_halfway_is_resumed_from_the_list() {
        const Runs runs;
        const QString folder = QString::fromStdString(runs.small);
        QVERIFY(QDir().mkpath(folder + u"/checkpoints/step-000003"_s));
        write_file((folder + u"/checkpoints/step-000003/manifest.json"_s).toStdString(), "{}");
        EventsLog(events_path(runs.small)).append(done_event(3, "", RunEnd::Stopped));
        runs.page->refresh();
        QTRY_VERIFY(runs.isListed() && runs.page->model()->find(runs.small)->resumable);

        runs.page->select({runs.large});
        QVERIFY(!runs.at.can("runResume"));
        runs.page->select({runs.small});
        runs.at.click("resumeSelectedRun");

        QTRY_VERIFY(!runs.at.script->attempted().empty());
        const auto asked = runs.at.script->attempted();
        QVERIFY(std::holds_alternative<ResumeRun>(asked.back()));
        QCOMPARE(std::get<ResumeRun>(asked.back()).folder, runs.small);
        QVERIFY(!runs.page->isVisible());
    }

    void the_tables_menu_offers_what_can_be_done() {
        const Runs runs;
        QTRY_VERIFY(runs.isListed());
        runs.page->select({runs.small, runs.large});

        for (const char* one : {"runOpen", "runResume", "runRename", "runNoteAction", "runShowFiles"})
            QVERIFY2(!runs.at.can(one), one);
        for (const char* any : {"runExportCsv", "runExportTensorBoard", "runTrash"})
            QVERIFY2(runs.at.can(any), any);
        QVERIFY(runs.at.find<QTableView>("runsTable")->actions().contains(runs.at.action("runTrash")));
    }

    void a_run_that_was_cut_off_before_its_first_checkpoint_is_told_at_the_next_start() {
        const WindowFixture at;
        const QString home = at.folder.path() + u"/runs/cut"_s;
        makeRun(at.folder.path() + u"/runs"_s, u"cut"_s, 8, 2);
        QVERIFY(QFile::remove(home + u"/events.jsonl"_s));
        EventsLog(events_path(home.toStdString())).append(step_event({2, 1.5, 1e-3, 1, 100, 50}));

        at.open();

        QTRY_VERIFY(at.isTold(u"“cut” stopped at step 2 of 3, before its first checkpoint"_s));
    }

    void the_runs_of_sweeps_are_among_them() {
        const Runs runs;
        makeRun(runs.at.folder.path() + u"/sweeps/ranks/runs"_s, u"001-rank=32"_s, 32, 2);
        runs.page->refresh();
        QTRY_COMPARE(runs.page->model()->rowCount(), 3);
        QTest::keyClicks(runs.at.find<QLineEdit>("runSearch"), u"ranks/001"_s);
        auto* table = runs.at.find<QTableView>("runsTable");
        QCOMPARE(table->model()->rowCount(), 1);
        QCOMPARE(table->model()->index(0, RunsModel::Name).data().toString(), u"ranks/001-rank=32"_s);
    }

    void opening_a_run_goes_back_to_its_plots() {
        const Runs runs;
        QTRY_VERIFY(runs.isListed());
        runs.page->select({runs.small});

        runs.at.click("openSelectedRun");

        QVERIFY(!runs.page->isVisible());
    }

    void hundreds_of_runs_are_listed_together() {
        const WindowFixture at;
        for (int i = 0; i < 200; ++i) makeRun(at.folder.path() + u"/runs"_s, u"run %1"_s.arg(i), 8, 2);
        auto* page = at.find<RunsPage>("runsPage");
        at.window->findChild<QTabWidget*>()->setCurrentWidget(page);
        QTRY_COMPARE(page->model()->rowCount(), 200);
    }
};

QTEST_MAIN(RunsPageTest)
#include "runs_page_test.moc"
