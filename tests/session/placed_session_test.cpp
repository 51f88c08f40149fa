// What stands on a session's model: unloaded, and the best of a run in place of its last result.

#include "engine/architectures/catalog.h"
#include "engine/data/prompt.h"
#include "engine/files/mapped_file.h"
#include "engine/runs/result_origin.h"
#include "engine/session/conversation.h"
#include "engine/session/session.h"
#include "tests/files/scratch.h"
#include "tests/session/desk.h"
#include "tests/tiny_model.h"

#include <QTest>

using namespace lora;

class PlacedSessionTest : public QObject {
    Q_OBJECT

    Scratch scratch_;
    std::string model_ = tiny::write_model(scratch_.path("model"));
    std::string data_ = scratch_.write("train.jsonl", tiny::lines(13));
    std::string finished_ = scratch_.path("finished"); // a run that came to its end
    int count_ = 0;

    std::string new_folder() { return scratch_.path("run " + std::to_string(++count_)); }

    RunSettings settings(std::int64_t steps) const {
        RunSettings run;
        run.model = model_;
        run.device = "cpu";
        run.threads = 1;
        run.data.train = run.data.eval = data_;
        run.lora.rank = 2;
        run.training.steps = steps;
        run.training.batch = 4;
        run.training.lr = 0.1; // a few steps change what is said
        run.training.warmup = 0;
        run.training.spectrum_every = 2;
        return run;
    }
    RunSettings weights_settings(bool full) const {
        const MethodKind method = full ? MethodKind::Full : MethodKind::Subspace;
        RunSettings run = settings(3);
        run.method = method;
        run.lora = defaults_of(method).lora;
        run.subspace.dimension = full ? run.subspace.dimension : 50;
        if (!full) run.training.lr = 1;
        return run;
    }
    Generate question() const { return {.prompt = "What is", .settings = {.max_new_tokens = 8}}; }

    /// The base model's likeliest words, by generation alone.
    std::string base_words() const {
        const LoadedModel loaded = load_model(model_, "cpu", at::kFloat);
        const Prompt prompt = prompt_of("What is", /*chat=*/false, loaded.tokenizer);
        Generation generation(*loaded.model, prompt.ids, prompt.ends, {.max_new_tokens = 8});
        TextStream stream(loaded.tokenizer);
        std::string text;
        while (const auto token = generation.next()) text += stream.add(*token);
        return text + stream.rest();
    }

    bool load(Desk& desk) const {
        desk.post(LoadModel{model_, "cpu"});
        return desk.await_state(EngineState::Ready);
    }

private Q_SLOTS:
    void initTestCase() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(StartRun{settings(4), finished_});
        QVERIFY(desk.await<RunEnded>());
    }

    void an_adapter_that_is_unloaded_leaves_the_base() {
        Desk desk;
        desk.post(UnloadAdapter{});
        QVERIFY(contains(desk.await_refusal(), "unload the adapter: no model is open"));
        QVERIFY(load(desk));
        desk.post(UnloadAdapter{});
        QVERIFY(contains(desk.await_refusal(), "there is none on the model"));
        desk.post(LoadAdapter{finished_ + "/adapter"});
        const auto there = [](const AdapterChanged& now) { return !now.targets.empty(); };
        const auto placed = desk.await<AdapterChanged>(there);
        QCOMPARE(placed->step, std::optional<std::int64_t>(4));
        desk.post(UnloadAdapter{});
        const auto changed = desk.await<AdapterChanged>();
        QVERIFY(changed && changed->name.empty() && changed->targets.empty() && !changed->step);
        desk.post(question());
        QCOMPARE(desk.await_text(base_pane, 1), base_words());
        desk.post(AdviseRank{});
        QVERIFY(contains(desk.await_refusal(), "no adapter to look at"));
    }

    void weights_that_were_trained_are_unloaded_too() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(StartRun{weights_settings(true), new_folder()});
        QVERIFY(desk.await<AdapterChanged>([](const AdapterChanged& now) { return now.weights; }));
        desk.post(UnloadAdapter{});
        QVERIFY(desk.await<AdapterChanged>([](const AdapterChanged& now) { return now.targets.empty(); }));
        desk.post(question());
        QCOMPARE(desk.await_text(base_pane, 1), base_words());
    }

    void the_best_of_a_run_is_opened_in_place_of_its_last_result() {
        RunSettings run = settings(12);
        run.data.eval = scratch_.write("other.jsonl", tiny::lines_of_others(3)); // it soon gets worse at them
        run.training.lr = 0.1;
        run.training.schedule = Schedule::Constant;
        run.training.eval_every = 1;
        const std::string folder = new_folder();
        Desk desk;
        QVERIFY(load(desk));
        desk.post(StartRun{run, folder});
        const auto ended = desk.await<RunEnded>();
        QVERIFY(ended && ended->best && ended->best->step < 12);
        QCOMPARE(ended->end, RunEnd::AllSteps);
        desk.post(OpenRun{folder, /*best=*/true});
        const auto opened = desk.await<RunOpened>();
        QVERIFY(opened && opened->best);
        const auto there = [](const AdapterChanged& now) { return !now.targets.empty(); };
        const auto placed = desk.await<AdapterChanged>(there);
        QVERIFY(placed);
        QCOMPARE(placed->step, std::optional(ended->best->step));
        const std::string saved = new_folder();
        desk.post(SaveAdapter{saved});
        QVERIFY(desk.await<AdapterSaved>());
        QCOMPARE(read_text(saved + "/adapter_model.safetensors", 1 << 20),
            read_text(ended->best->folder + "/adapter_model.safetensors", 1 << 20));
        QCOMPARE(read_origin(saved)->step, ended->best->step);
        desk.post(OpenRun{finished_, /*best=*/true}); // evaluated at its end alone: that is the best
        QCOMPARE(desk.await<AdapterChanged>(there)->step, std::optional<std::int64_t>(4));
    }

    void a_run_without_evaluations_has_no_best() {
        RunSettings run = settings(2);
        run.data.eval.clear();
        const std::string folder = new_folder();
        Desk desk;
        QVERIFY(load(desk));
        desk.post(StartRun{run, folder});
        QVERIFY(desk.await<RunEnded>());
        desk.post(OpenRun{folder, /*best=*/true});
        QVERIFY(contains(desk.await_refusal(), "no whole checkpoint of its best evaluation"));
    }
};

QTEST_GUILESS_MAIN(PlacedSessionTest)
#include "placed_session_test.moc"
