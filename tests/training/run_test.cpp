// A run's steps: what they count, where they stop, what is kept then.

#include "engine/adapters/peft.h"
#include "engine/error.h"
#include "engine/runs/run_folder.h"
#include "engine/training/loss.h"
#include "tests/training/tiny_run.h"

#include <QTest>
#include <csignal>
#include <filesystem>

#include <sys/resource.h>

using namespace lora;

namespace fs = std::filesystem;

namespace {

/// While it lives, no file of this process grows beyond `bytes`: a write answers as on a full disk.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit now{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &now);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    rlimit before_ = {};
    void (*handler_)(int);
};

std::vector<double> losses(const std::vector<RunEvent>& events) {
    std::vector<double> found;
    for (const StepRecord& step : records<StepRecord>(events)) found.push_back(step.loss);
    return found;
}

} // namespace

class RunTest : public QObject {
    Q_OBJECT

    RunBench bench_;

    std::vector<RunEvent> whole_run(const RunSettings& settings) {
        return to_the_end(*Run::start(settings, bench_.new_folder(), bench_.loaded));
    }

private Q_SLOTS:
    void the_first_evaluation_is_the_base_models_bit_for_bit() {
        RunSettings settings = bench_.plain_settings();
        settings.data.eval = settings.data.train;
        const auto first = records<EvaluationRecord>(whole_run(settings)).front();
        detach(*bench_.loaded.model);
        const Dataset set = load_dataset(bench_.data, bench_.loaded.tokenizer, settings.data.max_length);
        Evaluation evaluation(*bench_.loaded.model, set.examples, settings.training.batch);
        std::optional<EvaluationRecord> base;
        while (!base) base = evaluation.advance(0);
        QVERIFY(first.loss == base->loss); // QCOMPARE would allow for rounding
        QCOMPARE(first.learned_tokens, set.summary.learned_tokens);
        QCOMPARE(first.perplexity, std::exp(first.loss));
    }

    void the_runs_file_tells_how_much_is_trained() {
        const std::string folder = bench_.new_folder();
        Run::start(bench_.plain_settings(), folder, bench_.loaded);
        const RunFile file = read_run_file(folder);
        QCOMPARE(
            file.trainable, std::optional<std::int64_t>(2 * 2 * (32 + 32 + 32 + 16))); // q, v of 2 layers
        QCOMPARE(file.head_parameters, 0);
    }

    void a_step_tells_its_batchs_tokens_and_mean_loss() {
        RunSettings settings = bench_.plain_settings();
        settings.data.shuffle = false;
        settings.training.epochs = 2;
        const Dataset set = load_dataset(bench_.data, bench_.loaded.tokenizer, settings.data.max_length);
        std::vector<Example> first;
        std::int64_t learned = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            first.push_back(set.examples[i]);
            learned += set.examples[i].learned_tokens();
        }
        detach(*bench_.loaded.model);
        const double loss =
            next_token_loss_plain(*bench_.loaded.model, make_batch(pointers_to(first), at::kCPU), Pass{})
                .item<double>()
            / static_cast<double>(learned);

        const auto steps = records<StepRecord>(whole_run(settings));
        QCOMPARE(steps.size(), std::size_t(8)); // 13 samples are 4 + 4 + 4 + 1, twice
        QVERIFY(std::abs(steps[0].loss - loss) < 1e-5 * loss);
        std::vector<std::int64_t> tokens(4);
        for (std::size_t i = 0; i < set.examples.size(); ++i)
            tokens[i / 4] += static_cast<std::int64_t>(set.examples[i].ids.size());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            QCOMPARE(steps[i].step, static_cast<std::int64_t>(i + 1));
            QCOMPARE(steps[i].tokens, tokens[i % 4]);
        }
    }

    void a_batch_in_four_pieces_gives_the_same_losses() {
        RunSettings settings = bench_.plain_settings();
        settings.training.epochs = 2;
        const auto at_once = losses(whole_run(settings));
        settings.training.accumulate = 4;
        const auto in_pieces = losses(whole_run(settings));
        QCOMPARE(in_pieces.size(), at_once.size());
        // A few units in the last place of float32, carried through eight steps.
        for (std::size_t i = 0; i < at_once.size(); ++i)
            QVERIFY2(std::abs(in_pieces[i] / at_once[i] - 1) < 1e-6,
                qPrintable(QStringLiteral("step %1: %2").arg(i + 1).arg(in_pieces[i] / at_once[i] - 1)));
    }

    void the_same_seed_gives_the_same_run_and_another_seed_another() {
        RunSettings settings = bench_.busy_settings();
        const auto once = losses(whole_run(settings));
        QCOMPARE(losses(whole_run(settings)), once);
        settings.training.seed = 4;
        QVERIFY(losses(whole_run(settings)) != once);
    }

    void a_broken_weight_stops_the_first_step_and_keeps_the_untouched_adapter() {
        const std::string model = tiny::write_model(bench_.scratch.path("broken"), 1, /*broken=*/true);
        LoadedModel loaded = load_model(model, "cpu", at::kFloat);
        RunSettings settings = bench_.plain_settings();
        settings.model = model;
        settings.data.shuffle = false;
        const std::string folder = bench_.new_folder();
        const auto run = Run::start(settings, folder, loaded);
        const std::string why = message_of<NotFinite>([&] { run->advance(); });
        QVERIFY2(contains(why, "step 1: the loss is NaN; the batch holds lines 1, 2, 3, 4 of"), why.c_str());
        run->save();
        for (const auto& target : read_peft(folder + "/adapter", at::kCPU).targets)
            QVERIFY(target.update.B.count_nonzero().item<std::int64_t>() == 0);
    }

    void a_broken_step_on_a_plain_text_tells_its_rows() {
        const std::string model = tiny::write_model(bench_.scratch.path("broken text"), 1, /*broken=*/true);
        LoadedModel loaded = load_model(model, "cpu", at::kFloat);
        RunSettings settings = bench_.plain_settings();
        settings.model = model;
        settings.data.train = bench_.scratch.write("train.txt", tiny::lines(13).substr(1));
        settings.data.max_length = 16;
        settings.data.shuffle = false;
        const auto run = Run::start(settings, bench_.new_folder(), loaded);
        const std::string why = message_of<NotFinite>([&] { run->advance(); });
        QVERIFY2(contains(why, "the batch holds rows 1, 2, 3, 4 of"), why.c_str());
    }

    void an_evaluation_that_is_not_a_number_stops_the_run() {
        const std::string model = tiny::write_model(bench_.scratch.path("broken too"), 1, /*broken=*/true);
        LoadedModel loaded = load_model(model, "cpu", at::kFloat);
        RunSettings settings = bench_.plain_settings();
        settings.data.eval = settings.data.train;
        const std::string folder = bench_.new_folder();
        const auto run = Run::start(settings, folder, loaded);
        const std::string why = message_of<NotFinite>([&] { to_the_end(*run); });
        QVERIFY2(contains(why, "the evaluation after step 0: the loss is NaN"), why.c_str());
        QVERIFY(read_run(folder).evaluations.empty());
    }

    void an_absurd_learning_rate_stops_at_the_last_good_step() {
        RunSettings settings = bench_.plain_settings();
        settings.training.schedule = Schedule::Constant;
        settings.training.clip = 0;
        settings.training.lr = 3e37; // a step of ten times that is still a float32
        const std::string folder = bench_.new_folder();
        const auto run = Run::start(settings, folder, bench_.loaded);
        const std::string why = message_of<NotFinite>([&] { to_the_end(*run); });
        QVERIFY2(contains(why, "step 2: the loss is NaN"), why.c_str());
        QVERIFY2(contains(why, "the adapter is that of step 1"), why.c_str());
        QCOMPARE(run->save().step, 1);

        settings.training.steps = 1;
        const std::string one_step = bench_.new_folder();
        to_the_end(*Run::start(settings, one_step, bench_.loaded));
        QCOMPARE(adapter_bytes(folder), adapter_bytes(one_step));
    }

    void a_full_disk_stops_the_run_with_its_last_checkpoint_whole() {
        const std::string whole = bench_.new_folder();
        to_the_end(*Run::start(bench_.busy_settings(), whole, bench_.loaded));
        const std::string folder = bench_.new_folder();
        {
            const auto run = Run::start(bench_.busy_settings(), folder, bench_.loaded);
            while (run->steps_done() < 4) run->advance();
            const FullDisk full(fs::file_size(events_path(folder)));
            QVERIFY_THROWS_EXCEPTION(DiskFull, to_the_end(*run));
            QVERIFY_THROWS_EXCEPTION(DiskFull, run->save());
        }
        QCOMPARE(latest_checkpoint(folder)->step, 3);
        to_the_end(*Run::resume(folder, bench_.loaded));
        QCOMPARE(adapter_bytes(folder), adapter_bytes(whole));
        QCOMPARE(lasting_events(folder, true), lasting_events(whole, true));
    }

    void a_stop_drops_the_step_in_progress() {
        const auto run = Run::start(bench_.plain_settings(), bench_.new_folder(), bench_.loaded);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(!run->advance(stop.get_token()));
        QCOMPARE(run->steps_done(), 0);
        QCOMPARE(std::get<StepRecord>(*run->advance()).step, 1);
    }

    void a_folder_whose_run_was_killed_before_it_began_is_taken_as_empty() {
        const std::string folder = bench_.new_folder();
        fs::create_directories(folder);
        for (const char* left : {"/.lock", "/events.jsonl", "/run.json.tmp-0123456789abcdef"})
            write_file(folder + left, "");
        Run::start(bench_.plain_settings(), folder, bench_.loaded);
        QVERIFY(fs::exists(settings_path(folder)));
    }

    void a_folder_that_is_taken_or_cannot_be_made_is_refused() {
        const std::string taken = bench_.new_folder();
        fs::create_directories(taken);
        write_file(taken + "/mine.txt", "");
        const auto start = [&](const std::string& folder) {
            return message_of<Error>([&] { Run::start(bench_.plain_settings(), folder, bench_.loaded); });
        };
        QVERIFY2(contains(start(taken), taken + ": found a folder that is not empty"), start(taken).c_str());
        QVERIFY(fs::exists(taken + "/mine.txt"));
        QVERIFY2(contains(start(bench_.data), bench_.data + ": found a file"), start(bench_.data).c_str());
        const std::string below_a_file = bench_.data + "/run";
        QVERIFY2(contains(start(below_a_file), below_a_file + ": found Not a directory"),
            start(below_a_file).c_str());
    }

    void every_setting_out_of_range_is_named_before_anything_is_made() {
        RunSettings settings = bench_.plain_settings();
        settings.lora.rank = 0;
        settings.training.lr = -1;
        const std::string folder = bench_.new_folder();
        const std::string why = message_of<Error>([&] { Run::start(settings, folder, bench_.loaded); });
        QVERIFY2(
            contains(why, "{lora.rank}: found 0") && contains(why, "{training.lr}: found -1"), why.c_str());
        QVERIFY(!fs::exists(folder));
    }

    void offloading_without_a_gpu_is_refused_before_anything_is_made() {
        RunSettings settings = bench_.plain_settings();
        settings.training.gradient_checkpointing = settings.training.activation_offload = true;
        const std::string folder = bench_.new_folder();
        const std::string why = message_of<Error>([&] { Run::start(settings, folder, bench_.loaded); });
        QVERIFY2(contains(why, "{training.activation_offload}: found a run on the CPU"), why.c_str());
        QVERIFY(!fs::exists(folder));
    }

    void an_adapter_to_start_from_decides_rank_and_targets() {
        const std::string first = bench_.new_folder();
        to_the_end(*Run::start(bench_.busy_settings(), first, bench_.loaded));
        RunSettings settings = bench_.plain_settings();
        settings.lora.adapter = first + "/adapter";
        settings.lora.rank = 7;
        const auto run = Run::start(settings, bench_.new_folder(), bench_.loaded);
        QCOMPARE(run->adapter().rank(), 2);
        QCOMPARE(run->adapter().targets.size(), std::size_t(14));
        run->save();
        QCOMPARE(adapter_bytes(run->folder()), adapter_bytes(first));
    }
};

QTEST_GUILESS_MAIN(RunTest)
#include "run_test.moc"
