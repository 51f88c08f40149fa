// The checkpoint of the best evaluation is kept, and a run that gains nothing any more ends: the same,
// however often it was interrupted.

#include "engine/error.h"
#include "engine/runs/run_folder.h"
#include "tests/training/tiny_run.h"

#include <QTest>
#include <algorithm>

using namespace lora;

class BestCheckpointTest : public QObject {
    Q_OBJECT

    RunBench bench_;
    std::string others_ = bench_.scratch.write("others.jsonl", tiny::lines_of_others(4));
    std::string folder_; // of a run that gets worse
    std::vector<RunEvent> events_;
    EvaluationRecord best_;

    /// It learns other answers than those that it is evaluated on: one of the first evaluations is the best.
    RunSettings worse_settings() const {
        RunSettings settings = bench_.busy_settings();
        settings.data.eval_split = 0;
        settings.data.eval = others_;
        settings.training.epochs = 3;
        settings.training.lr = 0.05;
        settings.training.schedule = Schedule::Constant;
        settings.training.eval_every = 1;
        settings.training.spectrum_every = 0;
        settings.training.checkpoint_every = 1;
        return settings;
    }

    RunSettings impatient_settings() const {
        RunSettings settings = worse_settings();
        settings.training.patience = 2;
        settings.training.checkpoint_every = 3;
        return settings;
    }

    /// That many events of a run of these settings, which was then let go.
    std::string interrupted(const RunSettings& settings, std::size_t events) {
        std::string folder = bench_.new_folder();
        const auto run = Run::start(settings, folder, bench_.loaded);
        for (std::size_t told = 0; told < events;) told += run->advance().has_value();
        return folder;
    }

private Q_SLOTS:
    /// The best must be one that would be pruned if it were not the best.
    void initTestCase() {
        folder_ = bench_.new_folder();
        events_ = to_the_end(*Run::start(worse_settings(), folder_, bench_.loaded));
        const auto evaluations = records<EvaluationRecord>(events_);
        QCOMPARE(evaluations.size(), std::size_t(13));
        best_ = *std::min_element(evaluations.begin() + 1, evaluations.end(),
            [](const auto& one, const auto& other) { return one.loss < other.loss; });
        QVERIFY2(best_.step + 2 < 12, std::to_string(best_.step).c_str());
    }

    void the_best_is_kept_beside_the_newest() {
        const auto kept = list_checkpoints(folder_);
        QCOMPARE(kept.size(), std::size_t(3));
        QCOMPARE(kept[0].step, best_.step);
        QCOMPARE(kept[1].step, 11);
        QCOMPARE(kept[2].step, 12);
        const RunRecord record = read_run(folder_);
        QCOMPARE(record.best, (std::optional<BestCheckpoint>({best_.step, best_.loss, kept[0].folder})));
        QCOMPARE(record.checkpoint, std::optional<std::int64_t>(12));
        QCOMPARE(record.end, std::optional(RunEnd::AllSteps));
        QCOMPARE(records<EndRecord>(events_).front().best, record.best);
    }

    void each_saved_result_says_which_step_it_is() {
        const ResultOrigin best = *read_origin(checkpoint_path(folder_, best_.step));
        QCOMPARE(best, (ResultOrigin{folder_.substr(folder_.rfind('/') + 1), best_.step, best_.loss}));
        QCOMPARE(read_origin(adapter_path(folder_))->step, 12);
    }

    void the_best_is_kept_where_no_checkpoint_falls_due() {
        RunSettings settings = worse_settings();
        settings.training.checkpoint_every = settings.training.checkpoint_minutes = 0;
        const std::string folder = bench_.new_folder();
        const auto saved =
            records<CheckpointRecord>(to_the_end(*Run::start(settings, folder, bench_.loaded)));
        QCOMPARE(saved.back().step, best_.step);
        QVERIFY(saved.back().best);
        QCOMPARE(read_run(folder).best->step, best_.step);
    }

    void a_resumed_run_knows_its_best() {
        const std::string folder = interrupted(worse_settings(), events_.size() - 4);
        {
            const auto run = Run::resume(folder, bench_.loaded);
            QVERIFY(run->steps_done() > best_.step + 1);
            to_the_end(*run);
        }
        QCOMPARE(read_run(folder).best->step, best_.step);
        QCOMPARE(lasting_events(folder, true), lasting_events(folder_, true));
    }

    void a_damaged_best_is_not_offered() {
        const std::string folder = interrupted(worse_settings(), events_.size() - 4);
        bench_.scratch.write("run-" + std::to_string(bench_.runs) + "/checkpoints/step-00000"
                                 + std::to_string(best_.step) + "/adapter_config.json",
            "{}");
        QVERIFY(!read_run(folder).best);
    }

    void a_run_that_gains_nothing_any_more_ends_and_says_why() {
        const std::string folder = bench_.new_folder();
        const auto events = to_the_end(*Run::start(impatient_settings(), folder, bench_.loaded));
        const EndRecord end = records<EndRecord>(events).front();
        QCOMPARE(end.end, RunEnd::NoGain);
        QVERIFY(end.step < 12);
        QCOMPARE(end.best->step, end.step - 2);
        QCOMPARE(records<EvaluationRecord>(events).back().step, end.step);
        QCOMPARE(records<std::shared_ptr<const SpectraOfStep>>(events).back()->step, end.step);
        const RunRecord record = read_run(folder);
        QVERIFY(record.finished);
        QCOMPARE(record.end, std::optional(RunEnd::NoGain));
        QCOMPARE(record.best->step, end.best->step);
    }

    void a_run_resumed_after_any_event_ends_as_early() {
        const std::string whole = bench_.new_folder();
        const auto events = to_the_end(*Run::start(impatient_settings(), whole, bench_.loaded));
        for (std::size_t told = 0; told < events.size(); ++told) {
            const std::string folder = interrupted(impatient_settings(), told);
            to_the_end(*Run::resume(folder, bench_.loaded));
            const std::string after = "after event " + std::to_string(told);
            QVERIFY2(adapter_bytes(folder) == adapter_bytes(whole), after.c_str());
            QVERIFY2(lasting_events(folder, true) == lasting_events(whole, true), after.c_str());
        }
    }

    void one_that_was_saved_before_its_end_was_told_ends_where_it_was() {
        const std::string whole = bench_.new_folder();
        const auto events = to_the_end(*Run::start(impatient_settings(), whole, bench_.loaded));
        const std::int64_t last = records<EndRecord>(events).front().step;
        const std::string folder = bench_.new_folder();
        {
            const auto run = Run::start(impatient_settings(), folder, bench_.loaded);
            while (run->steps_done() < last) run->advance();
            std::optional<RunEvent> event;
            while (!event || !std::holds_alternative<EvaluationRecord>(*event)) event = run->advance();
            run->save();
        }
        const auto run = Run::resume(folder, bench_.loaded);
        QCOMPARE(run->steps_done(), last);
        QCOMPARE(records<StepRecord>(to_the_end(*run)).size(), std::size_t(0));
        QCOMPARE(read_run(folder).end, std::optional(RunEnd::NoGain));
    }

    void one_that_is_stopped_before_can_go_on() {
        const std::string folder = bench_.new_folder();
        {
            const auto run = Run::start(impatient_settings(), folder, bench_.loaded);
            while (run->steps_done() < 1) run->advance();
            QCOMPARE(run->end().end, RunEnd::Stopped);
        }
        QVERIFY(!read_run(folder).finished);
        to_the_end(*Run::resume(folder, bench_.loaded));
        QCOMPARE(read_run(folder).end, std::optional(RunEnd::NoGain));
    }
};

QTEST_GUILESS_MAIN(BestCheckpointTest)
#include "best_checkpoint_test.moc"
