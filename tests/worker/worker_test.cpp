// The worker's promises: order, interruption, superseded requests, its thread.

#include "engine/error.h"
#include "engine/worker/worker.h"

#include <QTest>
#include <atomic>
#include <chrono>
#include <semaphore>
#include <stdexcept>

using namespace lora;

namespace {

/// What the test and the fake run on the worker's thread tell each other.
struct Stage {
    std::atomic<bool> steps_wait = false;       // a step ends only when it is interrupted
    std::atomic<std::int64_t> last_step = 1000; // then the run has nothing to do
    std::atomic<int> steps_begun = 0;
    std::atomic<bool> loads_wait = false; // loading a dataset ends only when it is cancelled
    std::atomic<int> loads_begun = 0;
    std::atomic<bool> made = false, used = false, destroyed = false; // each on the worker's own thread
};

/// Counts steps. Its commands are the run's; SaveNow fails.
class FakeRun {
public:
    FakeRun(Stage& stage, Emit emit)
        : stage_(stage), emit_(std::move(emit)), thread_(std::this_thread::get_id()) {
        stage_.made = true;
    }
    FakeRun(const FakeRun&) = delete;
    FakeRun& operator=(const FakeRun&) = delete;
    ~FakeRun() { stage_.destroyed = std::this_thread::get_id() == thread_; }

    void attempt(const Request& request, const std::stop_token& stop) {
        const Command& command = request.command;
        stage_.used = std::this_thread::get_id() == thread_;
        if (std::holds_alternative<StartRun>(command)) running_ = true;
        if (std::holds_alternative<PauseRun>(command)) set_paused(true);
        if (std::holds_alternative<ContinueRun>(command)) set_paused(false);
        if (std::holds_alternative<SaveNow>(command)) throw std::runtime_error("the disk is full");
        if (const auto* save = std::get_if<SaveAdapter>(&command)) emit_(Warning{save->folder});
        if (const auto* load = std::get_if<LoadModel>(&command)) emit_(Warning{load->path});
        if (const auto* data = std::get_if<LoadDataset>(&command)) load_dataset(*data, request.id, stop);
        if (std::holds_alternative<StopRun>(command)) {
            running_ = false;
            emit_(RunEnded{RunId{1}, false, step_, ""});
        }
    }

    bool busy() const { return running_ && !paused_ && step_ < stage_.last_step; }

    void advance(const std::stop_token& stop) {
        ++stage_.steps_begun;
        if (stage_.steps_wait) wait_for(stop);
        if (stop.stop_requested()) {
            emit_(Warning{"step dropped"});
            return;
        }
        emit_(StepDone{RunId{1}, StepRecord{++step_, 1, 1, 1, 1, 1}, stage_.last_step});
    }

private:
    void load_dataset(const LoadDataset& command, RequestId request, const std::stop_token& stop) {
        ++stage_.loads_begun;
        if (stage_.loads_wait) {
            wait_for(stop);
            throw std::runtime_error("cancelled");
        }
        if (command.data.train == "broken") fail("broken", "nothing", "a sample");
        emit_(DatasetLoaded{nullptr, nullptr, request});
    }
    static void wait_for(const std::stop_token& stop) {
        std::binary_semaphore interrupted(0);
        const std::stop_callback release(stop, [&] { interrupted.release(); });
        interrupted.acquire();
    }

    void set_paused(bool paused) {
        paused_ = paused;
        emit_(StateChanged{paused ? EngineState::Paused : EngineState::Running});
    }

    Stage& stage_;
    Emit emit_;
    std::thread::id thread_;
    bool running_ = false, paused_ = false;
    std::int64_t step_ = 0;
};

std::function<Work(Emit)> fake_run(Stage& stage) {
    return [&stage](Emit emit) {
        const auto run = std::make_shared<FakeRun>(stage, std::move(emit));
        return Work{[run](const Request& request, std::stop_token stop) { run->attempt(request, stop); },
            [run] { return run->busy(); }, [run](std::stop_token stop) { run->advance(stop); }};
    };
}

bool holds_within_seconds(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

/// Adds drained events to `events` until one of the new ones is a T for which `wanted` holds; that one.
template <class T>
std::optional<T> await(
    Worker& worker, std::vector<Event>& events,
    const std::function<bool(const T&)>& wanted = [](const T&) { return true; }) {
    std::size_t seen = events.size();
    std::optional<T> found;
    holds_within_seconds([&] {
        for (Event& event : worker.drain()) events.push_back(std::move(event));
        for (; seen < events.size() && !found; ++seen)
            if (const auto* event = std::get_if<T>(&events[seen]); event && wanted(*event)) found = *event;
        return found.has_value();
    });
    return found;
}

bool await_step(Worker& worker, std::vector<Event>& events, std::int64_t step) {
    return await<StepDone>(worker, events, [=](const StepDone& done) {
        return done.record.step >= step;
    }).has_value();
}

std::vector<std::int64_t> steps_in(const std::vector<Event>& events) {
    std::vector<std::int64_t> steps;
    for (const Event& event : events)
        if (const auto* done = std::get_if<StepDone>(&event)) steps.push_back(done->record.step);
    return steps;
}

} // namespace

static LoadDataset load_of(const char* file) {
    LoadDataset load;
    load.data.train = file;
    return load;
}

class WorkerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_run_is_paused_continued_and_stopped_between_two_steps() {
        Stage stage;
        stage.last_step = std::numeric_limits<std::int64_t>::max();
        Worker worker(fake_run(stage));
        std::vector<Event> events;
        worker.post(StartRun{});
        QVERIFY(await_step(worker, events, 3));

        worker.post(PauseRun{});
        worker.post(LoadModel{"asked while paused"});
        QVERIFY(await<Warning>(worker, events));
        const std::size_t steps_at_pause = steps_in(events).size();
        QVERIFY(std::holds_alternative<StateChanged>(events[events.size() - 2]));

        worker.post(ContinueRun{});
        QVERIFY(await_step(worker, events, static_cast<std::int64_t>(steps_at_pause) + 3));

        worker.post(StopRun{});
        const auto ended = await<RunEnded>(worker, events);
        QVERIFY(ended);
        const auto steps = steps_in(events);
        QCOMPARE(ended->step, steps.back());
        for (std::size_t i = 0; i < steps.size(); ++i) QCOMPARE(steps[i], static_cast<std::int64_t>(i + 1));
    }

    void a_command_that_throws_is_refused_and_the_run_goes_on() {
        Stage stage;
        stage.last_step = std::numeric_limits<std::int64_t>::max();
        Worker worker(fake_run(stage));
        std::vector<Event> events;
        worker.post(StartRun{});
        worker.post(SaveNow{});
        const auto refused = await<Refused>(worker, events);
        QVERIFY(refused);
        QVERIFY(std::holds_alternative<SaveNow>(refused->request.command));
        QCOMPARE(refused->why.what(), "the disk is full");
        QVERIFY(await_step(worker, events, 5));
    }

    void a_stop_interrupts_the_step_in_progress_data() {
        QTest::addColumn<bool>("generation");
        QTest::newRow("StopRun") << false;
        QTest::newRow("StopGeneration") << true;
    }
    void a_stop_interrupts_the_step_in_progress() {
        QFETCH(bool, generation);
        Stage stage;
        stage.steps_wait = true;
        Worker worker(fake_run(stage));
        std::vector<Event> events;
        worker.post(StartRun{});
        QVERIFY(holds_within_seconds([&] { return stage.steps_begun == 1; }));
        worker.post(generation ? Command(StopGeneration{}) : Command(StopRun{}));
        const auto warning = await<Warning>(worker, events);
        QVERIFY(warning);
        QCOMPARE(warning->text, std::string("step dropped"));
        QVERIFY(steps_in(events).empty());
    }

    void the_step_after_an_interrupted_one_is_a_whole_one() {
        Stage stage;
        stage.steps_wait = true;
        Worker worker(fake_run(stage));
        std::vector<Event> events;
        worker.post(StartRun{});
        QVERIFY(holds_within_seconds([&] { return stage.steps_begun == 1; }));
        stage.steps_wait = false;
        worker.post(StopGeneration{});
        QVERIFY(await_step(worker, events, 1));
    }

    void other_commands_wait_for_the_end_of_the_step() {
        Stage stage;
        stage.steps_wait = true;
        Worker worker(fake_run(stage));
        std::vector<Event> events;
        worker.post(StartRun{});
        QVERIFY(holds_within_seconds([&] { return stage.steps_begun == 1; }));
        worker.post(LoadModel{"asked within a step"});
        worker.post(StopRun{});
        QVERIFY(await<RunEnded>(worker, events));
        QCOMPARE(std::get<Warning>(events[0]).text, std::string("step dropped"));
        QCOMPARE(std::get<Warning>(events[1]).text, std::string("asked within a step"));
        QCOMPARE(stage.steps_begun.load(), 1);
    }

    void each_request_has_a_number_and_what_comes_of_it_names_it() {
        Stage stage;
        Worker worker(fake_run(stage));
        std::vector<Event> events;
        const RequestId first = worker.post(SaveNow{});
        QCOMPARE(await<Refused>(worker, events)->request.id, first);
        const RequestId second = worker.post(load_of("broken"));
        QVERIFY(first < second);
        const auto refused = await<Refused>(worker, events);
        QCOMPARE(refused->request.id, second);
        QCOMPARE(refused->why.expected(), std::string("a sample")); // with its fields
        const RequestId third = worker.post(LoadDataset{});
        QCOMPARE(await<DatasetLoaded>(worker, events)->request, third);
    }

    void a_newer_question_takes_the_place_of_those_that_wait() {
        Stage stage;
        stage.steps_wait = true;
        Worker worker(fake_run(stage));
        std::vector<Event> events;
        worker.post(StartRun{});
        QVERIFY(holds_within_seconds([&] { return stage.steps_begun == 1; }));
        worker.post(load_of("first"));
        worker.post(load_of("second"));
        const RequestId last = worker.post(load_of("third"));
        worker.post(StopRun{});
        QVERIFY(await<RunEnded>(worker, events));
        QCOMPARE(stage.loads_begun.load(), 1);
        for (const Event& event : events)
            if (const auto* loaded = std::get_if<DatasetLoaded>(&event)) QCOMPARE(loaded->request, last);
    }

    void a_newer_question_cancels_the_one_in_progress_which_says_nothing_more() {
        Stage stage;
        stage.loads_wait = true;
        Worker worker(fake_run(stage));
        std::vector<Event> events;
        worker.post(load_of("long"));
        QVERIFY(holds_within_seconds([&] { return stage.loads_begun == 1; }));
        stage.loads_wait = false;
        const RequestId second = worker.post(load_of("short"));
        QCOMPARE(await<DatasetLoaded>(worker, events)->request, second);
        for (const Event& event : events) QVERIFY(!std::holds_alternative<Refused>(event));
    }

    void what_a_later_command_relies_on_is_not_dropped() {
        Stage stage;
        stage.steps_wait = true;
        Worker worker(fake_run(stage));
        std::vector<Event> events;
        worker.post(StartRun{});
        QVERIFY(holds_within_seconds([&] { return stage.steps_begun == 1; }));
        worker.post(LoadModel{"a"});
        worker.post(SaveAdapter{"of a"});
        worker.post(LoadModel{"b"});
        worker.post(StopRun{});
        QVERIFY(await<RunEnded>(worker, events));
        std::vector<std::string> told;
        for (const Event& event : events)
            if (const auto* warning = std::get_if<Warning>(&event)) told.push_back(warning->text);
        QCOMPARE(told, (std::vector<std::string>{"step dropped", "a", "of a", "b"}));
    }

    void a_model_takes_the_place_of_readings_for_the_one_before() {
        QVERIFY(supersedes(LoadModel{}, LoadDataset{}));
        QVERIFY(supersedes(OpenRun{}, LoadModel{}));
        QVERIFY(!supersedes(LoadDataset{}, LoadModel{}));
        QVERIFY(!supersedes(StartRun{}, StartRun{}));
        QVERIFY(!supersedes(SaveAdapter{}, SaveAdapter{}));
        QVERIFY(supersedes(SurveyData{}, SurveyData{}));
        QVERIFY(supersedes(SurveyData{}, ShowRow{}));
        QVERIFY(!supersedes(LoadModel{}, SurveyData{}));
    }

    void closing_in_mid_step_interrupts_it_and_destroys_the_work_on_its_thread() {
        Stage stage;
        stage.steps_wait = true;
        {
            Worker worker(fake_run(stage));
            worker.post(StartRun{});
            QVERIFY(holds_within_seconds([&] { return stage.steps_begun == 1; }));
        }
        QVERIFY(stage.made);
        QVERIFY(stage.used);
        QVERIFY(stage.destroyed);
        QCOMPARE(stage.steps_begun.load(), 1);
    }

    void closing_at_once_or_while_idle_ends() {
        Stage at_once;
        { const Worker worker(fake_run(at_once)); }
        QVERIFY(!at_once.made || at_once.destroyed);

        Stage idle;
        {
            Worker worker(fake_run(idle));
            std::vector<Event> events;
            worker.post(LoadModel{"model"});
            QVERIFY(await<Warning>(worker, events));
        }
        QVERIFY(idle.destroyed);
    }

    void commands_of_many_threads_all_arrive_in_each_ones_order() {
        static constexpr int threads = 8, commands = 200;
        Stage stage;
        Worker worker(fake_run(stage));
        {
            std::vector<std::jthread> posters;
            for (int thread = 0; thread < threads; ++thread)
                posters.emplace_back([&worker, thread] {
                    for (int i = 0; i < commands; ++i)
                        worker.post(SaveAdapter{std::to_string(thread) + ":" + std::to_string(i)});
                });
        }
        std::vector<Event> events;
        worker.post(StopRun{});
        QVERIFY(await<RunEnded>(worker, events));

        std::vector<int> next(threads, 0);
        for (const Event& event : events) {
            const auto* warning = std::get_if<Warning>(&event);
            if (!warning) continue;
            const auto thread = static_cast<std::size_t>(std::stoi(warning->text));
            QCOMPARE(warning->text, std::to_string(thread) + ":" + std::to_string(next[thread]));
            ++next[thread];
        }
        QCOMPARE(next, std::vector<int>(threads, commands));
    }

    void draining_while_it_runs_gives_every_event_once_and_the_last_one_too() {
        Stage stage;
        Worker worker(fake_run(stage));
        std::vector<Event> events;
        worker.post(StartRun{});
        QVERIFY(await_step(worker, events, stage.last_step));
        std::vector<std::int64_t> all(static_cast<std::size_t>(stage.last_step));
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i + 1);
        QCOMPARE(steps_in(events), all);
        QVERIFY(worker.drain().empty());
    }

    void work_that_cannot_be_made_is_told_as_a_failure() {
        Worker worker([](const Emit&) -> Work { throw std::runtime_error("no memory for it"); });
        std::vector<Event> events;
        const auto failed = await<Failed>(worker, events);
        QVERIFY(failed);
        QCOMPARE(failed->why, std::string("no memory for it"));
        worker.post(PauseRun{});
    }

    void commands_are_described_in_words() {
        QCOMPARE(describe(LoadModel{"/a/model"}), std::string("load the model"));
        QCOMPARE(describe(StopGeneration{}), std::string("stop the generation"));
    }
};

QTEST_GUILESS_MAIN(WorkerTest)
#include "worker_test.moc"
