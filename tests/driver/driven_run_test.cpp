// A run on its way: whatever stops it, its last finished step is saved; a claimed folder; a folder that goes
// away.

#include "engine/driver/driven_run.h"
#include "engine/error.h"
#include "tests/training/tiny_run.h"

#include <QFloat16> // qmetatype.h only declares it, and templates ask for it
#include <QTest>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include <ATen/ATen.h>

using namespace lora;

namespace fs = std::filesystem;

class DrivenRunTest : public QObject {
    Q_OBJECT

    RunBench bench_;

    static void to_step(DrivenRun& run, std::int64_t step) {
        while (run.run().steps_done() < step) run.advance();
    }

private Q_SLOTS:
    void what_torch_throws_in_mid_run_leaves_the_last_finished_step_saved() {
        LoadedModel loaded = load_model(bench_.model, "cpu", at::kFloat);
        RunSettings settings = bench_.plain_settings();
        settings.training.steps = 10;
        const std::string folder = bench_.new_folder();
        const auto run = DrivenRun::start(settings, folder, loaded);
        to_step(*run, 4);
        *loaded.model->named_parameters().front().tensor = at::zeros({1, 1}); // no product fits any more
        QVERIFY_THROWS_EXCEPTION(std::exception, to_step(*run, 5));
        QVERIFY(!run->why_not_saved());
        QCOMPARE(latest_checkpoint(folder)->step, 4);
        QVERIFY(fs::exists(folder + "/adapter/adapter_model.safetensors"));
    }

    void a_run_whose_folder_is_gone_says_so_and_writes_no_half_a_run() {
        RunSettings settings = bench_.plain_settings();
        settings.training.steps = 1'000'000;
        settings.training.spectrum_every = 0;
        const std::string folder = bench_.new_folder();
        const auto run = DrivenRun::start(settings, folder, bench_.loaded);
        to_step(*run, 2);
        fs::remove_all(folder);
        std::string why;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (why.empty() && std::chrono::steady_clock::now() < deadline)
            why = message_of<Error>([&] {
                run->advance();
                throw Error("");
            });
        QVERIFY2(contains(why, "no run.json any more"), why.c_str());
        QVERIFY(run->why_not_saved());
        QVERIFY(!fs::exists(folder));
        QVERIFY_THROWS_EXCEPTION(Error, run->save());
        QVERIFY(!fs::exists(folder));
    }

    void a_folder_that_is_taken_is_told_before_the_data_are_read() {
        RunSettings settings = bench_.plain_settings();
        settings.data.train = bench_.scratch.path("absent.jsonl");
        const std::string why =
            message_of<Error>([&] { DrivenRun::start(settings, bench_.model, bench_.loaded); });
        QVERIFY2(contains(why, "a folder that is not empty"), why.c_str());
    }

    void a_start_that_fails_leaves_no_folder_behind() {
        RunSettings settings = bench_.plain_settings();
        settings.data.train = bench_.scratch.path("absent.jsonl");
        const std::string folder = bench_.new_folder();
        QVERIFY_THROWS_EXCEPTION(Error, DrivenRun::start(settings, folder, bench_.loaded));
        QVERIFY(!fs::exists(folder));
        fs::create_directory(folder);
        QVERIFY_THROWS_EXCEPTION(Error, DrivenRun::start(settings, folder, bench_.loaded));
        QVERIFY(fs::exists(folder)); // it was there before
    }

    void full_fine_tunings_spectra_can_be_stopped_and_are_none_that_are_quick() {
        RunSettings settings = bench_.plain_settings();
        settings.method = MethodKind::Full;
        settings.lora = defaults_of(MethodKind::Full).lora;
        settings.training.steps = 4;
        settings.training.spectrum_every = 2;
        const auto run = DrivenRun::start(settings, bench_.new_folder(), bench_.loaded);
        to_step(*run, 2); // its spectra are next
        QVERIFY(run->quick_spectra() == nullptr);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(!run->advance(stop.get_token()));
        QCOMPARE(std::get<EndRecord>(run->end().event).end, RunEnd::Stopped);
    }

    void a_run_that_outgrows_its_weights_says_so_and_one_that_learns_raises_no_alarm() {
        const auto alarms_at = [this](double lr) {
            RunSettings settings = bench_.busy_settings();
            settings.training.lr = lr;
            const auto run = DrivenRun::start(settings, bench_.new_folder(), bench_.loaded);
            std::vector<std::string> names;
            while (!run->is_over())
                if (const auto news = run->advance())
                    for (const Alarm& alarm : news->alarms) names.push_back(name(alarm.kind));
            return names;
        };
        QCOMPARE(alarms_at(1e-2), std::vector<std::string>{});
        const std::vector<std::string> alarms = alarms_at(3);
        QVERIFY(std::find(alarms.begin(), alarms.end(), "beyond_weights") != alarms.end());
    }
};

QTEST_GUILESS_MAIN(DrivenRunTest)
#include "driven_run_test.moc"
