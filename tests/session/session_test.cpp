// The session behind the worker: commands in order, the events and states that come of them.

#include "engine/architectures/catalog.h"
#include "engine/data/prompt.h"
#include "engine/files/mapped_file.h"
#include "engine/session/conversation.h"
#include "engine/session/session.h"
#include "tests/files/scratch.h"
#include "tests/session/desk.h"
#include "tests/tiny_model.h"

#include <QTest>
#include <filesystem>

using namespace lora;

namespace fs = std::filesystem;

class SessionTest : public QObject {
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
    static constexpr std::int64_t endless = 1'000'000;

    Generate question() const { return {.prompt = "What is", .settings = {.max_new_tokens = 8}}; }

    /// The base model's likeliest words, by generation alone.
    std::string base_words() const {
        const LoadedModel loaded = load_model(model_, "cpu", at::kFloat);
        const Prompt prompt = prompt_of("What is", false, loaded.tokenizer);
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
    void commands_in_order_give_their_events_and_states() {
        Desk desk;
        desk.post(LoadModel{model_, "cpu"});
        const auto loaded = desk.await<ModelLoaded>();
        QVERIFY(loaded);
        QCOMPARE(loaded->model->linears.size(), std::size_t(14));
        desk.post(LoadDataset{settings(1).data});
        const auto data = desk.await<DatasetLoaded>();
        QVERIFY(data);
        QCOMPARE(data->train->samples, 13);
        desk.post(StartRun{settings(4), finished_});
        const auto started = desk.await<RunStarted>();
        QVERIFY(started);
        QCOMPARE(started->folder, finished_);
        QCOMPARE(started->total_steps, 4);
        QCOMPARE(desk.await<EvaluationDone>()->record.step, 0);
        QVERIFY(desk.await_step(4));
        QCOMPARE(desk.await<SpectraDone>()->spectra->step, 4);
        const auto ended = desk.await<RunEnded>();
        QVERIFY(ended && ended->finished);
        QCOMPARE(ended->run, started->run);
        QVERIFY(fs::exists(ended->adapter + "/adapter_model.safetensors"));
        QVERIFY(desk.await_state(EngineState::Ready));
        using enum EngineState;
        QCOMPARE(desk.states(),
            (std::vector<EngineState>{Loading, Ready, Loading, Ready, Loading, Running, Ready}));
    }

    void a_run_is_opened_as_it_was() {
        Desk desk;
        desk.post(OpenRun{finished_});
        QVERIFY(desk.await<ModelLoaded>()); // a window lets go of an older model's plots here
        const auto opened = desk.await<RunOpened>();
        QVERIFY(opened);
        QVERIFY(opened->record->finished);
        QCOMPARE(opened->record->steps.size(), std::size_t(4));
        QCOMPARE(opened->record->spectra.size(), std::size_t(2));
        const auto changed = desk.await<AdapterChanged>([](const auto& now) { return !now.targets.empty(); });
        QVERIFY(changed);
        QCOMPARE(changed->rank, 2);
        QVERIFY(desk.await_state(EngineState::Ready));
        desk.post(ResumeRun{finished_});
        QVERIFY(contains(desk.await_refusal(), "this run is finished; open it instead"));
    }

    void wrong_settings_are_refused_and_the_state_stays_ready() {
        Desk desk;
        desk.post(StartRun{settings(4), new_folder()});
        QVERIFY(contains(desk.await_refusal(), "no model is open"));
        QVERIFY(load(desk));
        RunSettings wrong = settings(4);
        wrong.lora.rank = 0;
        const std::string folder = new_folder();
        desk.post(StartRun{wrong, folder});
        QVERIFY(contains(desk.await_refusal(), "{lora.rank}: found 0"));
        QVERIFY(!fs::exists(folder));
    }

    void a_run_of_another_model_than_the_one_that_is_open_is_refused() {
        Desk desk;
        QVERIFY(load(desk));
        RunSettings other = settings(4);
        other.model = tiny::write_model(new_folder(), 2);
        const std::string folder = new_folder();
        const RequestId request = desk.post(StartRun{other, folder});
        const auto refused = desk.await<Refused>();
        QVERIFY(refused);
        QCOMPARE(refused->request.id, request);
        QCOMPARE(refused->why.where(), std::string("model"));
        QCOMPARE(refused->why.found(), other.model);
        QVERIFY(!fs::exists(folder));
        other = settings(4);
        other.dtype = NumberType::BFloat16;
        desk.post(StartRun{other, folder});
        QVERIFY(contains(desk.await_refusal(), "number type"));
    }

    void a_run_whose_model_is_open_under_another_name_does_not_load_it_again() {
        Desk desk;
        desk.post(LoadModel{model_ + "/../model/", "cpu"});
        QVERIFY(desk.await_state(EngineState::Ready));
        desk.post(OpenRun{finished_});
        const auto opened = desk.await<RunOpened>();
        QVERIFY(opened && opened->model_is_open);
        QVERIFY(desk.await_state(EngineState::Ready));
        desk.post(question());
        QVERIFY(desk.await_text(adapted_pane, 2) != base_words());
        QCOMPARE(desk.count<ModelLoaded>(), std::size_t{1});
    }

    void plots_of_a_run_whose_model_is_gone_stand_beside_no_other_runs_adapter() {
        const std::string gone = tiny::write_model(new_folder(), 2);
        const std::string folder = new_folder();
        {
            Desk desk;
            desk.post(LoadModel{gone, "cpu"});
            RunSettings run = settings(2);
            run.model = gone;
            desk.post(StartRun{run, folder});
            QVERIFY(desk.await<RunEnded>());
        }
        fs::remove_all(gone);
        Desk desk;
        desk.post(OpenRun{finished_});
        QVERIFY(desk.await_state(EngineState::Ready));
        desk.post(OpenRun{folder});
        const auto taken_off =
            desk.await<AdapterChanged>([](const AdapterChanged& now) { return now.targets.empty(); });
        QVERIFY(taken_off);
        const auto opened = desk.await<RunOpened>();
        QVERIFY(opened && !opened->model_is_open);
        QVERIFY(desk.await<Warning>());
        desk.post(question());
        QCOMPARE(desk.await_text(base_pane, 1), base_words());
    }

    void what_answers_a_question_names_it() {
        Desk desk;
        QVERIFY(load(desk));
        const RequestId data = desk.post(LoadDataset{settings(1).data});
        QCOMPARE(desk.await<DatasetLoaded>()->request, data);
        const RequestId first = desk.post(question());
        QCOMPARE(desk.await<GenerationEnded>()->request, first);
        Generate empty = question();
        empty.prompt.clear();
        const RequestId second = desk.post(empty);
        const auto refused = desk.await<Refused>();
        QCOMPARE(refused->request.id, second);
        QVERIFY(std::holds_alternative<Generate>(refused->request.command));
    }

    void a_stop_of_full_fine_tuning_takes_no_spectra() {
        Desk desk;
        QVERIFY(load(desk));
        RunSettings run = weights_settings(/*full=*/true);
        run.training.steps = endless;
        run.training.spectrum_every = 0;
        desk.post(StartRun{run, new_folder()});
        QVERIFY(desk.await_step(3));
        desk.post(StopRun{});
        QVERIFY(desk.await<RunEnded>());
        QCOMPARE(desk.count<SpectraDone>(), std::size_t{0});
    }

    void a_paused_run_lets_both_panes_talk_and_goes_on() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(StartRun{settings(endless), new_folder()});
        QVERIFY(desk.await_step(3));
        desk.post(question());
        QVERIFY(contains(desk.await_refusal(), "pause it"));
        desk.post(PauseRun{});
        QVERIFY(desk.await_state(EngineState::Paused));
        desk.post(question());
        QCOMPARE(desk.await_text(base_pane, 2), base_words());
        desk.post(question());
        QVERIFY(desk.await_text(adapted_pane, 2) != base_words());
        desk.post(ContinueRun{});
        QVERIFY(desk.await_state(EngineState::Running));
        QVERIFY(desk.await<StepDone>());
    }

    void a_run_is_saved_in_its_course_stopped_and_resumed() {
        const std::string folder = new_folder();
        Desk desk;
        QVERIFY(load(desk));
        desk.post(StartRun{settings(endless), folder});
        QVERIFY(desk.await_step(3));
        desk.post(SaveNow{});
        const auto saved = desk.await<AdapterSaved>();
        QVERIFY(saved);
        QVERIFY(fs::exists(saved->folder + "/adapter_config.json"));
        QVERIFY(desk.await<StepDone>());
        desk.post(StopRun{});
        QVERIFY(desk.await_state(EngineState::Stopping));
        const auto ended = desk.await<RunEnded>();
        QVERIFY(ended);
        QVERIFY(!ended->finished);
        QVERIFY(desk.await_state(EngineState::Ready));

        desk.post(ResumeRun{folder});
        const auto resumed = desk.await<RunStarted>();
        QVERIFY(resumed);
        QCOMPARE(resumed->first_step, ended->step + 1);
        QCOMPARE(resumed->before->steps.size(), static_cast<std::size_t>(ended->step));
        QVERIFY(desk.await_step(ended->step + 1));
    }

    void nothing_else_is_opened_while_a_run_is_active() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(StartRun{settings(endless), new_folder()});
        QVERIFY(desk.await_step(1));
        for (Command& command :
            std::vector<Command>{LoadModel{model_, "cpu"}, OpenRun{finished_}, ResumeRun{finished_},
                LoadAdapter{finished_}, UnloadAdapter{}, StartRun{settings(1), new_folder()}}) {
            desk.post(command);
            QVERIFY(contains(desk.await_refusal(), "a run is active; stop it first"));
        }
        QVERIFY(desk.await<StepDone>());
    }

    void what_is_refused_leaves_the_adapter_in_place() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(LoadAdapter{finished_ + "/adapter"});
        QVERIFY(desk.await<SpectraDone>());
        desk.post(question());
        const std::string adapted = desk.await_text(adapted_pane, 2);
        QVERIFY(adapted != base_words());

        RunSettings wrong = settings(4);
        wrong.data.train = "/no/such.jsonl";
        const std::string spoiled = new_folder();
        fs::copy(finished_ + "/adapter", spoiled);
        fs::resize_file(spoiled + "/adapter_model.safetensors", 100);
        for (Command& command : std::vector<Command>{LoadAdapter{spoiled}, StartRun{wrong, new_folder()},
                 StartRun{settings(4), model_}, LoadModel{"/no/such", "cpu"}}) {
            desk.post(command);
            QVERIFY(!desk.await_refusal().empty());
            desk.post(question());
            QCOMPARE(desk.await_text(adapted_pane, 2), adapted);
        }
    }

    void an_adapter_is_saved_where_it_can_be_and_else_refused() {
        Desk desk;
        desk.post(SaveAdapter{new_folder()});
        QVERIFY(contains(desk.await_refusal(), "there is no adapter to save"));
        QVERIFY(load(desk));
        desk.post(LoadAdapter{finished_ + "/adapter"});
        desk.post(SaveAdapter{data_ + "/below a file"});
        QVERIFY(contains(desk.await_refusal(), "Not a directory"));
        const std::string folder = new_folder();
        desk.post(SaveAdapter{folder});
        QVERIFY(desk.await<AdapterSaved>());
        QCOMPARE(read_text(folder + "/adapter_model.safetensors", 1 << 20),
            read_text(finished_ + "/adapter/adapter_model.safetensors", 1 << 20));
    }

    void trained_weights_talk_beside_the_base_after_their_run_and_when_it_is_opened_data() {
        QTest::addColumn<bool>("full");
        QTest::newRow("full") << true;
        QTest::newRow("subspace") << false;
    }
    void trained_weights_talk_beside_the_base_after_their_run_and_when_it_is_opened() {
        QFETCH(bool, full);
        const std::string folder = new_folder();
        const auto in_place = [](const AdapterChanged& now) { return now.weights; };
        Desk desk;
        QVERIFY(load(desk));
        desk.post(StartRun{weights_settings(full), folder});
        QVERIFY(desk.await<RunEnded>());
        const auto ended = desk.await<AdapterChanged>(in_place);
        QVERIFY(ended);
        QVERIFY(!ended->targets.empty());
        desk.post(question());
        const std::string trained = desk.await_text(adapted_pane, 2);
        QVERIFY(trained != base_words());
        desk.post(question());
        QCOMPARE(desk.await_text(base_pane, 2), base_words());

        Desk later;
        later.post(OpenRun{folder});
        QVERIFY(later.await<RunOpened>());
        QVERIFY(later.await<AdapterChanged>(in_place));
        QVERIFY(later.await_state(EngineState::Ready));
        later.post(question());
        QCOMPARE(later.await_text(adapted_pane, 2), trained);
    }

    void a_subspace_is_loaded_as_an_adapter_is_and_gives_way_to_one() {
        const std::string folder = new_folder();
        Desk desk;
        QVERIFY(load(desk));
        desk.post(StartRun{weights_settings(false), folder});
        QVERIFY(desk.await<RunEnded>());
        desk.post(LoadAdapter{folder + "/subspace"});
        QVERIFY(desk.await<Warning>());
        desk.post(question());
        const std::string trained = desk.await_text(adapted_pane, 2);
        QVERIFY(trained != base_words());
        desk.post(StartRun{settings(0), new_folder()}); // refused: it stays in place
        QVERIFY(!desk.await_refusal().empty());
        desk.post(question());
        QCOMPARE(desk.await_text(adapted_pane, 2), trained);
        desk.post(LoadAdapter{finished_ + "/adapter"});
        QVERIFY(desk.await<SpectraDone>());
        desk.post(question());
        QCOMPARE(desk.await_text(base_pane, 2), base_words());
    }

    void trained_weights_are_not_saved_as_an_adapter() {
        Desk desk;
        QVERIFY(load(desk));
        desk.post(StartRun{weights_settings(false), new_folder()});
        QVERIFY(desk.await<RunEnded>());
        desk.post(SaveAdapter{new_folder()});
        QVERIFY(contains(desk.await_refusal(), "trained weights, not an adapter"));
    }

    void a_step_that_fails_keeps_the_adapter_and_the_engine() {
        const std::string broken = tiny::write_model(scratch_.path("nan"), 1, /*broken=*/true);
        Desk desk;
        desk.post(LoadModel{broken, "cpu"});
        QVERIFY(desk.await_state(EngineState::Ready));
        RunSettings run = settings(4);
        run.model = broken;
        run.data.eval.clear();
        desk.post(StartRun{run, new_folder()});
        const auto failed = desk.await<Failed>();
        QVERIFY(failed);
        QVERIFY2(contains(failed->why, "step 1: the loss is NaN"), failed->why.c_str());
        QVERIFY(desk.await_state(EngineState::Failed));
        const std::string folder = new_folder();
        desk.post(SaveAdapter{folder});
        QVERIFY(desk.await<AdapterSaved>());
        QVERIFY(load(desk));
    }
};

QTEST_GUILESS_MAIN(SessionTest)
#include "session_test.moc"
