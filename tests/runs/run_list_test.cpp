// The list of past runs: what it tells of each, what it is searched by, and folders that are damaged.

#include "engine/error.h"
#include "engine/files/events_log.h"
#include "engine/files/store.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_record.h"
#include "engine/settings/setting_differences.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>

#include <sys/stat.h>

using namespace lora;

namespace {

RunSettings settings_of(std::int64_t rank, double lr) {
    RunSettings settings;
    settings.model = "/models/SmolLM2.gguf";
    settings.data.train = "/data/commands.jsonl";
    settings.lora.rank = rank;
    settings.training.lr = lr;
    return settings;
}

std::string make_run(const std::string& folder, const RunSettings& settings = settings_of(8, 0.002)) {
    std::filesystem::create_directories(folder);
    write_file(settings_path(folder), Json{{"total_steps", 4}, {"settings", to_json(settings)}}.dump());
    return folder;
}

void add(const std::string& folder, const Json& event) { EventsLog(events_path(folder)).append(event); }

} // namespace

class RunListTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    int count_ = 0;

    std::string new_folder() { return temporary_.path().toStdString() + "/" + std::to_string(++count_); }

private Q_SLOTS:
    void a_listing_tells_the_last_losses_and_the_settings() {
        const std::string home = new_folder();
        const std::string run = make_run(home + "/run");
        add(run, evaluation_event({0, 3.5, 33, 9}));
        add(run, step_event({1, 2.5, 1e-4, 0.5, 100, 50}));
        add(run, step_event({2, 2.25, 1e-4, 0.5, 100, 50}));
        add(run, evaluation_event({2, 2.125, 8, 9}));
        add(run, done_event(2, "", RunEnd::AllSteps));

        const auto runs = list_runs(home);
        QCOMPARE(runs.size(), 1U);
        QCOMPARE(runs[0].loss, std::optional(2.25));
        QCOMPARE(runs[0].evaluation, std::optional(2.125));
        QCOMPARE(runs[0].settings, settings_of(8, 0.002));
        QVERIFY(runs[0].changed > 1'600'000'000);
    }

    void a_run_that_has_only_begun_has_no_losses() {
        const std::string home = new_folder();
        make_run(home + "/run");
        const auto runs = list_runs(home);
        QCOMPARE(runs.size(), 1U);
        QVERIFY(!runs[0].loss && !runs[0].evaluation);
    }

    void notes_come_back_as_they_were_written() {
        const std::string home = new_folder();
        const std::string run = make_run(home + "/run");
        QCOMPARE(read_notes(run), RunNotes());
        const RunNotes notes{"better than \"before\"\nsecond line", {"keep", "größer"}, "rank 8, third try"};
        write_notes(run, notes);
        QCOMPARE(read_notes(run), notes);
        QCOMPARE(list_runs(home)[0].notes, notes);
        QCOMPARE(list_runs(home)[0].called(), notes.title);
    }

    void notes_too_long_to_be_read_again_are_refused_and_those_before_stay() {
        const std::string home = new_folder();
        const std::string run = make_run(home + "/run");
        const RunNotes notes{"short", {}};
        write_notes(run, notes);
        QVERIFY_THROWS_EXCEPTION(Error, write_notes(run, {std::string(1 << 20, 'a'), {}}));
        QCOMPARE(read_notes(run), notes);
    }

    void a_note_without_a_title_is_read_and_its_run_called_by_its_folder() {
        const std::string home = new_folder();
        const std::string run = make_run(home + "/run");
        write_file(notes_path(run), R"({"text": "older", "tags": []})");
        QCOMPARE(read_notes(run), (RunNotes{"older", {}}));
        QCOMPARE(list_runs(home)[0].called(), std::string("run"));
    }

    void a_run_that_was_cut_off_before_its_first_checkpoint_is_told_from_others() {
        const std::string home = new_folder();
        const std::string run = make_run(home + "/run");
        QVERIFY(!list_runs(home)[0].cut_off); // nothing of it is lost yet
        add(run, step_event({1, 2.5, 1e-4, 0.5, 100, 50}));
        QVERIFY(list_runs(home)[0].cut_off);
        QVERIFY(!list_runs(home)[0].resumable);
        add(run, done_event(1, "", RunEnd::Stopped));
        QVERIFY(!list_runs(home)[0].cut_off); // it ended, in order
    }

    void a_broken_note_does_not_hide_its_run() {
        const std::string home = new_folder();
        const std::string run = make_run(home + "/run");
        write_file(notes_path(run), R"({"tags": 3})");
        QVERIFY_THROWS_EXCEPTION(Error, read_notes(run));
        QCOMPARE(list_runs(home).size(), 1U);
    }

    void tags_are_split_at_commas_and_kept_once() {
        QCOMPARE(tags_of(" small, first  try ,,small,"), (std::vector<std::string>{"small", "first  try"}));
        QVERIFY(tags_of("").empty());
        QCOMPARE(text_of(std::vector<std::string>{"a", "b"}), std::string("a, b"));
    }

    void a_search_finds_runs_by_every_word_data() {
        QTest::addColumn<QString>("words");
        QTest::addColumn<bool>("found");
        QTest::newRow("nothing typed") << "  " << true;
        QTest::newRow("name") << "lunch" << true;
        QTest::newRow("case") << "LUNCH smollm2" << true;
        QTest::newRow("setting") << "rank=8 lr=0.002" << true;
        QTest::newRow("other setting") << "rank=16" << false;
        QTest::newRow("tag") << "tag:keep" << true;
        QTest::newRow("no tag") << "tag:lunch" << false;
        QTest::newRow("note") << "overfits" << true;
        QTest::newRow("data's name") << "commands.jsonl" << true;
        QTest::newRow("not the folders above") << "/data/" << false;
        QTest::newRow("date") << "2026-11-2" << true;
        QTest::newRow("one word of two") << "lunch dinner" << false;
        QTest::newRow("title") << "third" << true;
        QTest::newRow("lower loss") << "loss<1.6" << true;
        QTest::newRow("not lower") << "loss<1.5" << false;
        QTest::newRow("lower or equal") << "loss<=1.5" << true;
        QTest::newRow("with a comma") << "loss<1,6" << true;
        QTest::newRow("at least") << "rank>=8 rank<9" << true;
        QTest::newRow("above") << "rank>8" << false;
        QTest::newRow("a setting's whole path") << "training.lr<0.01" << true;
        QTest::newRow("as numbers, not as words") << "rank<16" << true;
        QTest::newRow("scientific") << "lr>1e-3" << true;
        QTest::newRow("steps done") << "step>90" << true;
        QTest::newRow("evaluation") << "evaluation<1" << false;
        QTest::newRow("no such number") << "name<3" << false;
        QTest::newRow("a word that is not compared") << "loss<small" << false;
        QTest::newRow("still being typed") << "loss<" << true;
    }
    void a_search_finds_runs_by_every_word() {
        QFETCH(QString, words);
        QFETCH(bool, found);
        RunListing run;
        run.name = "After-Lunch";
        run.settings = settings_of(8, 0.002);
        run.changed = 1795521600; // noon of 24 November 2026 in UTC
        run.notes = {"Overfits soon", {"keep"}, "Third try"};
        run.steps_done = 95;
        run.loss = 1.5;
        run.evaluation = 2;
        QCOMPARE(matches(search_text(run), words.toStdString()), found);
    }

    void a_pipe_in_place_of_a_file_is_not_waited_for() {
        const std::string home = new_folder();
        const std::string run = make_run(home + "/events are a pipe");
        QCOMPARE(::mkfifo(events_path(run).c_str(), 0600), 0);
        const std::string locked = make_run(home + "/lock is a pipe");
        add(locked, step_event({1, 2.5, 1e-4, 0.5, 100, 50}));
        QCOMPARE(::mkfifo((locked + "/.lock").c_str(), 0600), 0);
        const auto runs = list_runs(home);
        QCOMPARE(runs.size(), std::size_t{1});
        QCOMPARE(runs[0].folder, locked);
        QVERIFY(!is_run_active(locked));
    }

    void what_lies_in_place_of_the_settings_is_told_by_its_name() {
        const std::string folder = new_folder();
        std::filesystem::create_directories(folder);
        const auto told = [&] {
            try {
                read_run_file(folder);
                return std::string("nothing was thrown");
            } catch (const Error& error) {
                return std::string(error.what());
            }
        };
        QVERIFY2(told().starts_with(folder + ": found no run.json"), told().c_str());
        QCOMPARE(::mkfifo(settings_path(folder).c_str(), 0600), 0);
        QVERIFY2(told().starts_with(settings_path(folder) + ": found a device, pipe"), told().c_str());
        std::filesystem::remove(settings_path(folder));
        std::filesystem::create_symlink("run.json", settings_path(folder));
        QVERIFY2(told().starts_with(settings_path(folder) + ": found Too many levels"), told().c_str());
    }

    void a_run_whose_result_cannot_be_looked_at_is_listed_and_read_all_the_same() {
        const std::string run = make_run(new_folder() + "/run");
        std::filesystem::create_symlink("adapter", adapter_path(run)); // leads to itself
        QVERIFY(read_run_curves(run).adapter.empty());
    }

    void events_of_sixty_gigabytes_are_not_read_whole() {
        const std::string home = new_folder();
        const std::string run = make_run(home + "/run");
        add(run, step_event({1, 2.5, 1e-4, 0.5, 100, 50}));
        std::filesystem::resize_file(events_path(run), std::uintmax_t{60} << 30); // zeros that take no room
        QElapsedTimer clock;
        clock.start();
        const auto runs = list_runs(home);
        QCOMPARE(runs.size(), std::size_t{1});
        QCOMPARE(runs[0].steps_done, 0);
        QVERIFY(clock.elapsed() < 10'000);
    }

    void settings_that_differ_stand_side_by_side() {
        const auto rows = setting_differences({settings_of(8, 0.002), settings_of(64, 0.002)});
        QCOMPARE(rows, (std::vector<SettingRow>{{"lora.rank", {"8", "64"}}}));
        QVERIFY(setting_differences({settings_of(8, 1), settings_of(8, 1)}).empty());
        QVERIFY(setting_differences({settings_of(8, 1)}).empty());
    }

    void an_absent_setting_is_a_dash() {
        RunSettings first = settings_of(8, 0.002);
        RunSettings second = first;
        second.training.steps = 100;
        QCOMPARE(setting_differences({first, second}),
            (std::vector<SettingRow>{{"training.steps", {"—", "100"}}}));
    }
};

QTEST_GUILESS_MAIN(RunListTest)
#include "run_list_test.moc"
