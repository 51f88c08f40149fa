// A sweep's runs, one after the other: each is the run that it would have been alone, wherever the sweep was
// cut off.

#include "engine/adapters/adapter.h"
#include "engine/driver/sweep_queue.h"
#include "engine/error.h"
#include "engine/runs/run_folder.h"
#include "tests/training/tiny_run.h"

#include <QFloat16> // qmetatype.h only declares it, and templates ask for it
#include <QTest>
#include <filesystem>
#include <limits>

using namespace lora;

namespace fs = std::filesystem;

namespace {

/// Rows without what differs from time to time.
SweepTable lasting(SweepTable table) {
    for (SweepRow& row : table.rows) row.seconds = 0;
    return table;
}

} // namespace

class SweepQueueTest : public QObject {
    Q_OBJECT

    RunBench bench_;
    int loads_ = 0;
    ModelSource source_ = [this](const RunSettings& settings, const std::stop_token&) -> LoadedModel& {
        if (settings.model != bench_.model) throw Error(settings.model + ": found no model");
        ++loads_;
        return bench_.loaded;
    };
    Sweep sweep_{.name = "ranks",
        .base = bench_.busy_settings(),
        .axes = {{"lora.rank", {2, 4}}, {"training.seed", {3U}}}};
    std::string whole_; // the folder of an uninterrupted sweep
    int events_ = 0;    // and how many events it told

    std::string new_sweep(const Sweep& sweep) {
        const std::string folder = bench_.new_folder();
        create_sweep_folder(sweep, folder);
        return folder;
    }

    int to_the_end_of(const std::string& folder) {
        SweepQueue queue(folder, source_);
        int events = 0;
        while (!queue.is_over()) events += queue.advance().has_value();
        return events;
    }

    /// A sweep that has told `events` events and was then let go, as by a kill.
    std::string interrupted(int events, bool saved) {
        const std::string folder = new_sweep(sweep_);
        SweepQueue queue(folder, source_);
        for (int told = 0; told < events && !queue.is_over();) told += queue.advance().has_value();
        if (saved) queue.leave();
        return folder;
    }

private Q_SLOTS:
    void initTestCase() {
        sweep_.base.training.epochs = 1;
        whole_ = new_sweep(sweep_);
        events_ = to_the_end_of(whole_);
    }

    void all_runs_finish_and_the_table_is_whole() {
        const SweepTable table = read_sweep_table(whole_);
        QCOMPARE(table.settings, (std::vector<std::string>{"lora.rank"}));
        QCOMPARE(table.rows.size(), std::size_t{2});
        for (const SweepRow& row : table.rows) {
            QCOMPARE(row.state, SweepRunState::Finished);
            QCOMPARE(row.steps_done, row.total_steps);
            QVERIFY(row.eval_loss && row.best_loss && row.training_loss && row.seconds > 0);
        }
        QCOMPARE(*table.rows[1].trainable, 2 * *table.rows[0].trainable);
        QCOMPARE(table.rows[1].values, (std::vector<std::string>{"4"}));
        QCOMPARE(read_json(results_path(whole_)), to_json(table));
        QCOMPARE(read_text(results_csv_path(whole_), 1 << 20), to_csv(table));
    }

    void each_run_is_the_one_it_would_have_been_alone() {
        const std::vector<PlannedRun> runs = planned_runs(sweep_);
        for (const PlannedRun& run : {runs.back(), runs.front()}) {
            detach(*bench_.loaded.model);
            const std::string alone = bench_.new_folder();
            to_the_end(*Run::start(run.settings, alone, bench_.loaded));
            QCOMPARE(adapter_bytes(run_path(whole_, run)), adapter_bytes(alone));
            QCOMPARE(lasting_events(run_path(whole_, run), true), lasting_events(alone, true));
        }
    }

    void no_update_stays_on_the_model() {
        to_the_end_of(new_sweep(sweep_));
        for (const NamedLinear& linear : bench_.loaded.model->named_linears())
            QVERIFY(!linear.linear->update);
    }

    void a_sweep_cut_off_after_any_event_ends_as_the_uninterrupted_one_data() {
        QTest::addColumn<bool>("saved");
        QTest::newRow("killed") << false;
        QTest::newRow("left") << true;
    }
    void a_sweep_cut_off_after_any_event_ends_as_the_uninterrupted_one() {
        QFETCH(bool, saved);
        QVERIFY(events_ > 16);
        for (int events = 0; events <= events_; ++events) {
            const std::string folder = interrupted(events, saved);
            to_the_end_of(folder);
            const std::string after = "after event " + std::to_string(events);
            QVERIFY2(lasting(read_sweep_table(folder)) == lasting(read_sweep_table(whole_)), after.c_str());
            for (const PlannedRun& run : planned_runs(sweep_))
                QVERIFY2(adapter_bytes(run_path(folder, run)) == adapter_bytes(run_path(whole_, run)),
                    after.c_str());
        }
    }

    void a_start_that_was_cut_off_begins_anew() {
        const std::string folder = new_sweep(sweep_);
        const std::string run = run_path(folder, planned_runs(sweep_).front());
        fs::create_directories(run);
        write_file(run + "/.lock", "");
        write_file(run + "/events.jsonl", "{\"event\":\"st");
        to_the_end_of(folder);
        QVERIFY(lasting(read_sweep_table(folder)) == lasting(read_sweep_table(whole_)));
    }

    void finished_runs_are_not_touched_again() {
        const std::string run = run_path(whole_, planned_runs(sweep_).front());
        const auto before = fs::last_write_time(run + "/events.jsonl");
        const int loads = loads_;
        QCOMPARE(to_the_end_of(whole_), 0);
        QCOMPARE(loads_, loads);
        QCOMPARE(fs::last_write_time(run + "/events.jsonl"), before);
    }

    void a_run_that_fails_is_marked_and_the_others_finish_data() {
        QTest::addColumn<QByteArray>("setting");
        QTest::addColumn<QByteArray>("good");
        QTest::addColumn<QByteArray>("bad");
        QTest::addColumn<QByteArray>("why");
        QTest::newRow("out of range") << QByteArray("lora.rank") << QByteArray("2") << QByteArray("0")
                                      << QByteArray("{lora.rank}: found 0");
        QTest::newRow("targets that the model lacks")
            << QByteArray("lora.selection.targets") << QByteArray("\"mlp\"") << QByteArray("\"nothing\"")
            << QByteArray("nothing");
        QTest::newRow("not a number") << QByteArray("training.lr") << QByteArray("0.01") << QByteArray("3e37")
                                      << QByteArray("the loss is");
    }
    void a_run_that_fails_is_marked_and_the_others_finish() {
        QFETCH(QByteArray, setting);
        QFETCH(QByteArray, good);
        QFETCH(QByteArray, bad);
        QFETCH(QByteArray, why);
        Sweep sweep{.name = "n", .base = bench_.plain_settings()};
        sweep.base.training.steps = 4;
        sweep.base.training.clip = 0;
        sweep.base.training.schedule = Schedule::Constant;
        sweep.axes = {
            {setting.toStdString(), {Json::parse(good.toStdString()), Json::parse(bad.toStdString()),
                                        Json::parse(good.toStdString())}}};
        const std::string folder = new_sweep(sweep);
        to_the_end_of(folder);
        const SweepTable table = read_sweep_table(folder);
        QCOMPARE(table.rows[0].state, SweepRunState::Finished);
        QCOMPARE(table.rows[1].state, SweepRunState::Failed);
        QVERIFY2(contains(table.rows[1].why, why.toStdString()), table.rows[1].why.c_str());
        QCOMPARE(table.rows[2].state, SweepRunState::Finished);
        QCOMPARE(to_the_end_of(folder), 0); // a failed run is not tried again
        QCOMPARE(lasting(read_sweep_table(folder)), lasting(table));
    }

    void a_fault_that_all_runs_share_stops_the_sweep_and_marks_none_data() {
        QTest::addColumn<bool>("data");
        QTest::newRow("their data are gone") << true;
        QTest::newRow("their model is gone") << false;
    }
    void a_fault_that_all_runs_share_stops_the_sweep_and_marks_none() {
        QFETCH(bool, data);
        const std::string folder = interrupted(events_ / 4, /*saved=*/true); // within the first run
        const std::string moved = bench_.scratch.path("moved");
        if (data) fs::rename(bench_.data, moved);
        const ModelSource absent = [](const RunSettings& settings, const std::stop_token&) -> LoadedModel& {
            throw Error(settings.model + ": found no model");
        };
        {
            SweepQueue queue(folder, data ? source_ : absent);
            const std::string why = message_of<SweepHalted>([&] { queue.advance(); });
            QVERIFY2(contains(why, data ? "train.jsonl" : "found no model"), why.c_str());
            QVERIFY2(contains(why, "the sweep stops here"), why.c_str());
        }
        if (data) fs::rename(moved, bench_.data);
        for (const SweepRow& row : read_sweep_table(folder).rows) QVERIFY(row.state != SweepRunState::Failed);
        to_the_end_of(folder);
        QVERIFY(lasting(read_sweep_table(folder)) == lasting(read_sweep_table(whole_)));
    }

    void data_of_one_run_that_are_gone_fail_that_run_alone() {
        Sweep sweep{.name = "sets", .base = bench_.plain_settings()};
        sweep.base.training.steps = 2;
        const std::string second = bench_.scratch.write("second.jsonl", tiny::lines(13));
        sweep.axes = {{"data.train", {second, bench_.data}}};
        const std::string folder = new_sweep(sweep);
        fs::remove(second);
        to_the_end_of(folder);
        const SweepTable table = read_sweep_table(folder);
        QCOMPARE(table.rows[0].state, SweepRunState::Failed);
        QCOMPARE(table.rows[1].state, SweepRunState::Finished);

        bench_.scratch.write("second.jsonl", tiny::lines(13));
        QCOMPARE(to_the_end_of(folder), 0); // not tried again unasked
        SweepQueue queue(folder, source_, /*retry_failed=*/true);
        while (!queue.is_over()) queue.advance();
        QCOMPARE(read_sweep_table(folder).rows[0].state, SweepRunState::Finished);
    }

    void a_failed_run_that_had_begun_goes_on_from_its_checkpoint() {
        const std::string folder = interrupted(events_ / 4, /*saved=*/true);
        const std::string run = run_path(folder, planned_runs(sweep_).front());
        const std::int64_t done = latest_checkpoint(run)->step;
        QVERIFY(done > 0);
        mark_failed(run, "a device was lost");
        SweepQueue queue(folder, source_, /*retry_failed=*/true);
        QVERIFY(std::holds_alternative<SweepRunBegan>(*queue.advance()));
        QCOMPARE(queue.run()->run().steps_done(), done);
        while (!queue.is_over()) queue.advance();
        QVERIFY(lasting(read_sweep_table(folder)) == lasting(read_sweep_table(whole_)));
    }

    void what_lies_at_a_runs_place_without_a_run_json_is_set_aside_and_not_removed() {
        const std::string folder = new_sweep(sweep_);
        const std::string run = run_path(folder, planned_runs(sweep_).front());
        fs::create_directories(run);
        write_file(run + "/my notes.txt", "of a person");
        SweepQueue queue(folder, source_);
        queue.advance();
        QCOMPARE(queue.notes().size(), std::size_t{1});
        const std::string& note = queue.notes().front();
        const std::string aside = note.substr(note.find(" as ") + 4);
        QCOMPARE(
            read_text(aside.substr(0, aside.size() - 1) + "/my notes.txt", 100), std::string("of a person"));
        QVERIFY(fs::exists(run + "/run.json"));
    }

    void runs_share_the_folder_with_nobody() {
        const std::string folder = new_sweep(sweep_);
        const SweepQueue queue(folder, source_);
        const std::string why = message_of<Error>([&] { SweepQueue(folder, source_); });
        QVERIFY2(contains(why, "works in"), why.c_str());
    }

    void a_folder_that_is_not_empty_or_holds_no_sweep_is_refused() {
        const auto refusal = [&](const std::string& folder) {
            return message_of<Error>([&] { create_sweep_folder(sweep_, folder); });
        };
        QVERIFY(contains(refusal(whole_), "go on with it: lora sweep --resume"));
        QVERIFY(contains(refusal(bench_.model), "a folder that is not empty"));
        const std::string why = message_of<Error>([&] { SweepQueue(bench_.model, source_); });
        QVERIFY2(contains(why, "found no sweep.json"), why.c_str());
        QVERIFY(!fs::exists(bench_.model + "/.lock"));
    }
};

QTEST_GUILESS_MAIN(SweepQueueTest)
#include "sweep_queue_test.moc"
