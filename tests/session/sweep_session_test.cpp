// A sweep behind the worker: its runs are told as runs, its table as it grows; stopped, gone on with, and a
// run that fails.

#include "tests/files/scratch.h"
#include "tests/session/desk.h"
#include "tests/tiny_model.h"

#include <QTest>

using namespace lora;

class SweepSessionTest : public QObject {
    Q_OBJECT

    Scratch scratch_;
    std::string model_ = tiny::write_model(scratch_.path("model"));
    std::string data_ = scratch_.write("train.jsonl", tiny::lines(13));
    int count_ = 0;

    std::string new_folder() { return scratch_.path("sweep " + std::to_string(++count_)); }

    Sweep sweep(std::vector<Json> ranks) const {
        Sweep sweep{.name = "ranks"};
        sweep.base.model = model_;
        sweep.base.device = "cpu";
        sweep.base.threads = 1;
        sweep.base.data.train = sweep.base.data.eval = data_;
        sweep.base.training.steps = 3;
        sweep.base.training.batch = 4;
        sweep.base.training.spectrum_every = 0;
        sweep.axes = {{"lora.rank", std::move(ranks)}};
        return sweep;
    }
    static std::optional<SweepChanged> await_end(Desk& desk) {
        return desk.await<SweepChanged>([](const SweepChanged& sweep) { return sweep.over; });
    }

private Q_SLOTS:
    void a_sweep_loads_its_model_and_tells_its_runs() {
        Desk desk;
        desk.post(StartSweep{sweep({1, 2}), new_folder()});
        const auto begun = desk.await<SweepChanged>();
        QVERIFY(begun && !begun->over && !begun->current);
        QCOMPARE(begun->table->rows[0].state, SweepRunState::Waiting);
        QVERIFY(desk.await<ModelLoaded>());
        const auto first = desk.await<SweepChanged>();
        QCOMPARE(first->current, std::optional<std::size_t>(0));
        QCOMPARE(first->table->rows[0].state, SweepRunState::Running);
        QCOMPARE(desk.await<RunStarted>()->settings.lora.rank, 1);
        QVERIFY(desk.await_step(3));
        QVERIFY(desk.await<RunEnded>()->finished);
        QCOMPARE(desk.await<SweepChanged>()->table->rows[0].state, SweepRunState::Finished);
        QCOMPARE(desk.await<RunStarted>()->settings.lora.rank, 2);
        const auto ended = await_end(desk);
        QVERIFY(ended);
        for (const SweepRow& row : ended->table->rows) QCOMPARE(row.state, SweepRunState::Finished);
        QVERIFY(desk.await_state(EngineState::Ready));
    }

    void a_stopped_sweep_is_saved_and_goes_on() {
        const std::string folder = new_folder();
        Desk desk;
        Sweep endless = sweep({1, 2});
        endless.base.training.steps = 60;
        desk.post(StartSweep{endless, folder});
        QVERIFY(desk.await_step(2));
        desk.post(StopRun{});
        const auto stopped = await_end(desk);
        QVERIFY(stopped);
        QCOMPARE(stopped->table->rows[0].state, SweepRunState::Stopped);
        const std::int64_t done = stopped->table->rows[0].steps_done;
        QVERIFY(done >= 2);
        QVERIFY(desk.await_state(EngineState::Ready));

        desk.post(ResumeSweep{folder});
        const auto resumed = desk.await<RunStarted>();
        QCOMPARE(resumed->first_step, done + 1);
        QCOMPARE(resumed->before->steps.size(), static_cast<std::size_t>(done));
        const auto ended = await_end(desk);
        QVERIFY(ended);
        QCOMPARE(ended->table->rows[1].state, SweepRunState::Finished);
    }

    void a_run_that_fails_is_told_and_the_next_one_begins() {
        Desk desk;
        desk.post(StartSweep{sweep({0, 2}), new_folder()});
        const auto warning = desk.await<Warning>();
        QVERIFY(warning && contains(warning->text, "{lora.rank}: found 0"));
        QCOMPARE(desk.await<RunStarted>()->settings.lora.rank, 2);
        const auto ended = await_end(desk);
        QCOMPARE(ended->table->rows[0].state, SweepRunState::Failed);
        QCOMPARE(ended->table->rows[1].state, SweepRunState::Finished);
    }

    void nothing_else_starts_beside_a_sweep() {
        Desk desk;
        Sweep endless = sweep({1});
        endless.base.training.steps = 1'000'000;
        desk.post(StartSweep{endless, new_folder()});
        QVERIFY(desk.await_step(1));
        desk.post(LoadModel{model_, "cpu"});
        QVERIFY(contains(desk.await_refusal(), "a run is active"));
        desk.post(StartSweep{endless, new_folder()});
        QVERIFY(contains(desk.await_refusal(), "start the sweep: a run is active"));
        desk.post(SaveNow{});
        QVERIFY(contains(desk.await_refusal(), "a sweep saves its runs"));
        desk.post(PauseRun{});
        QVERIFY(desk.await_state(EngineState::Paused));
        desk.post(ContinueRun{});
        QVERIFY(desk.await<StepDone>());
        desk.post(StopRun{});
        QVERIFY(desk.await_state(EngineState::Ready));
    }

    void a_folder_without_a_sweep_is_refused() {
        Desk desk;
        desk.post(ResumeSweep{model_});
        const std::string why = desk.await_refusal();
        QVERIFY2(contains(why, "go on with the sweep: ") && contains(why, "no sweep.json"), why.c_str());
    }
};

QTEST_GUILESS_MAIN(SweepSessionTest)
#include "sweep_session_test.moc"
