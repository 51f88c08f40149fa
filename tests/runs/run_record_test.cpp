// A run's folder read back: events, curves, checkpoints.

#include "engine/error.h"
#include "engine/files/events_log.h"
#include "engine/files/store.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_record.h"

#include <QTemporaryDir>
#include <QTest>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>

using namespace lora;

namespace fs = std::filesystem;

namespace {

Spectrum spectrum_of(const std::string& path, double largest) {
    const std::vector<double> values = {largest, largest / 2};
    return {path, values, rank_measures(values)};
}

/// A run's folder, written as training writes it.
class RunOnDisk {
public:
    explicit RunOnDisk(std::string folder, std::int64_t total_steps = 4) : folder_(std::move(folder)) {
        fs::create_directories(folder_ + "/checkpoints");
        RunSettings settings;
        settings.model = "model";
        settings.data.train = "train.jsonl";
        const Json json = {{"version", "9"}, {"total_steps", total_steps}, {"settings", to_json(settings)},
            {"data", {{"train", {{"bytes", 1}, {"sha256", "00"}}}}}};
        write_file(settings_path(folder_), json.dump());
    }

    const std::string& folder() const { return folder_; }

    void add(const Json& event) { EventsLog(events_path(folder_)).append(event); }

    void step(std::int64_t number) {
        add(step_event({number, 2.5 / static_cast<double>(number), 1e-4, 0.5, 100, 50}));
    }

    void checkpoint(std::int64_t number) {
        StagedFolder staged(checkpoint_path(folder_, number));
        staged.write("state.json", "{}");
        staged.commit();
        add(checkpoint_event(number));
    }

    void adapter() {
        fs::create_directories(adapter_path(folder_));
        write_file(adapter_path(folder_) + "/adapter_config.json", "{}");
    }

private:
    std::string folder_;
};

std::string refusal(const std::string& folder) {
    try {
        read_run(folder);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

} // namespace

class RunRecordTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    int count_ = 0;

    std::string new_folder() { return temporary_.path().toStdString() + "/" + std::to_string(++count_); }

private Q_SLOTS:
    void events_have_the_names_that_the_command_prints() {
        QCOMPARE(step_event({1, 2.5, 1e-4, 0.5, 100, 50}).dump(),
            std::string(
                R"({"event":"step","step":1,"loss":2.5,"lr":0.0001,"grad_norm":0.5,"tokens":100,"tokens_per_s":50.0})"));
        QCOMPARE(evaluation_event({0, 1, 2.75, 9}).dump(),
            std::string(
                R"({"event":"evaluation","step":0,"loss":1.0,"perplexity":2.75,"learned_tokens":9})"));
        const Json spectrum = spectrum_event(3, spectrum_of("a.b", 1));
        QVERIFY(spectrum.dump().starts_with(
            R"({"event":"spectrum","step":3,"path":"a.b","singular_values":[1.0,0.5],)"));
        QVERIFY(std::abs(spectrum["frobenius"].get<double>() - std::sqrt(1.25)) < 1e-12);
        QCOMPARE(checkpoint_event(5).dump(), std::string(R"({"event":"checkpoint","step":5})"));
        QCOMPARE(warning_event("cut").dump(), std::string(R"({"event":"warning","text":"cut"})"));
        QCOMPARE(done_event(5, "run/adapter", RunEnd::AllSteps).dump(),
            std::string(
                R"({"event":"done","step":5,"adapter":"run/adapter","finished":true,"reason":"all_steps"})"));
        QCOMPARE(error_event("bad").dump(), std::string(R"({"event":"error","text":"bad"})"));
    }

    void events_come_back_as_records() {
        const StepRecord step = step_record(step_event({7, 2.5, 1e-4, 0.5, 100, 50}), "events");
        QCOMPARE(step.step, 7);
        QCOMPARE(step.loss, 2.5);
        QCOMPARE(step.tokens_per_s, 50.0);
        const double infinity = std::numeric_limits<double>::infinity();
        const Json parsed = parse_json(evaluation_event({2, 800, infinity, 9}).dump(), "events");
        QCOMPARE(evaluation_record(parsed, "events").perplexity, infinity);
        QCOMPARE(kind_of(checkpoint_event(1)), EventKind::Checkpoint);
        QCOMPARE(kind_of(Json{{"event", 3}}), EventKind::Other);
        QCOMPARE(kind_of(Json::array()), EventKind::Other);
    }

    void a_run_is_read_as_it_was_written() {
        RunOnDisk run(new_folder());
        run.add(warning_event("two samples were cut"));
        run.add(evaluation_event({0, 2.5, 12, 40}));
        for (std::int64_t step = 1; step <= 4; ++step) {
            run.step(step);
            if (step % 2 != 0) continue;
            for (const char* path : {"q", "v"})
                run.add(spectrum_event(step, spectrum_of(path, static_cast<double>(step))));
            run.checkpoint(step);
        }
        run.adapter();
        run.add(done_event(4, "elsewhere/adapter", RunEnd::AllSteps));

        const RunRecord record = read_run(run.folder());
        QCOMPARE(record.settings.model, std::string("model"));
        QCOMPARE(record.total_steps, 4);
        QCOMPARE(record.steps.size(), std::size_t(4));
        QCOMPARE(record.steps[3].loss, 2.5 / 4);
        QCOMPARE(record.evaluations.size(), std::size_t(1));
        QCOMPARE(record.spectra.size(), std::size_t(2));
        QCOMPARE(record.spectra[1]->step, 4);
        QCOMPARE(
            record.spectra[1]->spectra, (std::vector<Spectrum>{spectrum_of("q", 4), spectrum_of("v", 4)}));
        QVERIFY(record.finished);
        QCOMPARE(record.checkpoint, std::optional<std::int64_t>(4));
        QCOMPARE(record.adapter, adapter_path(run.folder()));
    }

    void a_run_that_has_only_begun_is_a_run() {
        const RunOnDisk run(new_folder());
        const RunRecord record = read_run(run.folder());
        QVERIFY(record.steps.empty());
        QVERIFY(!record.finished);
        QVERIFY(!record.checkpoint);
        QVERIFY(record.adapter.empty());
    }

    void a_spectrum_told_again_replaces_the_first() {
        RunOnDisk run(new_folder());
        for (const double largest : {1.0, 2.0})
            for (const char* path : {"q", "v"}) run.add(spectrum_event(3, spectrum_of(path, largest)));
        const RunRecord record = read_run(run.folder());
        QCOMPARE(record.spectra.size(), std::size_t(1));
        QCOMPARE(
            record.spectra[0]->spectra, (std::vector<Spectrum>{spectrum_of("q", 2), spectrum_of("v", 2)}));
    }

    void a_line_that_a_crash_cut_off_is_left_out() {
        RunOnDisk run(new_folder());
        run.step(1);
        const std::string events = events_path(run.folder());
        run.step(2);
        fs::resize_file(events, fs::file_size(events) - 20);
        QCOMPARE(read_run(run.folder()).steps.size(), std::size_t(1));
        const auto listed = list_runs(fs::path(run.folder()).parent_path());
        const auto here = std::find_if(
            listed.begin(), listed.end(), [&](const auto& each) { return each.folder == run.folder(); });
        QVERIFY(here != listed.end());
        QCOMPARE(here->steps_done, 1);
    }

    void the_latest_checkpoint_is_the_last_whole_one() {
        RunOnDisk run(new_folder());
        run.checkpoint(2);
        run.checkpoint(10);
        run.checkpoint(1'000'000);
        write_file(checkpoint_path(run.folder(), 1'000'000) + "/state.json", "changed");
        fs::create_directories(run.folder() + "/checkpoints/step-000011"); // no manifest
        fs::create_directories(run.folder() + "/checkpoints/step-000012.tmp-x");
        QCOMPARE(latest_checkpoint(run.folder()), (Checkpoint{10, checkpoint_path(run.folder(), 10)}));
        QCOMPARE(checkpoint_path("run", 50), std::string("run/checkpoints/step-000050"));
    }

    void a_folder_without_a_run_is_refused_data() {
        QTest::addColumn<QByteArray>("run_json");
        QTest::addColumn<QByteArray>("named");
        QTest::newRow("none") << QByteArray() << QByteArray("no run.json");
        QTest::newRow("no settings") << QByteArray(R"({"total_steps": 1})") << QByteArray("no settings");
        QTest::newRow("no steps") << QByteArray(R"({"settings": {}})") << QByteArray("total_steps");
        QTest::newRow("negative steps")
            << QByteArray(R"({"settings": {}, "total_steps": -1})") << QByteArray("total_steps");
        QTest::newRow("no JSON") << QByteArray("{") << QByteArray("run.json");
    }
    void a_folder_without_a_run_is_refused() {
        QFETCH(QByteArray, run_json);
        QFETCH(QByteArray, named);
        const std::string folder = new_folder();
        fs::create_directories(folder);
        if (!run_json.isEmpty()) write_file(settings_path(folder), run_json.toStdString());
        const std::string why = refusal(folder);
        QVERIFY2(why.find(named.toStdString()) != std::string::npos, why.c_str());
        QVERIFY2(why.starts_with(folder), why.c_str());
    }

    void an_event_with_a_wrong_field_is_named() {
        RunOnDisk run(new_folder());
        run.step(1);
        run.add({{"event", "step"}, {"step", -1}});
        const std::string why = refusal(run.folder());
        QVERIFY2(why.find("events.jsonl: event 2: step") != std::string::npos, why.c_str());
    }

    void listed_runs_tell_how_far_they_are_newest_first() {
        const std::string home = new_folder();
        RunOnDisk finished(home + "/finished");
        finished.step(4);
        finished.checkpoint(4);
        finished.add(done_event(4, "", RunEnd::AllSteps));
        RunOnDisk killed(home + "/killed");
        killed.step(1);
        killed.checkpoint(1);
        killed.step(2);
        for (int i = 0; i < 3000; ++i)
            killed.add(spectrum_event(2, spectrum_of("model.layers.0.self_attn.q_proj", 1)));
        RunOnDisk bare(home + "/bare");
        RunOnDisk held(home + "/held");
        held.checkpoint(3);
        const FolderLock lock(held.folder());
        fs::create_directories(home + "/no run");
        write_file(home + "/a file", "");
        const auto now = fs::file_time_type::clock::now();
        int age = 0;
        for (const RunOnDisk* run : {&killed, &finished, &held})
            fs::last_write_time(events_path(run->folder()), now - std::chrono::hours(++age));
        fs::last_write_time(settings_path(bare.folder()), now - std::chrono::hours(++age));

        const auto runs = list_runs(home);
        QCOMPARE(runs.size(), std::size_t(4));
        QCOMPARE(runs[0].name, std::string("killed"));
        QCOMPARE(runs[0].steps_done, 2);
        QVERIFY(!runs[0].finished && runs[0].resumable);
        QCOMPARE(runs[1].name, std::string("finished"));
        QCOMPARE(runs[1].steps_done, 4);
        QVERIFY(runs[1].finished && !runs[1].resumable);
        QCOMPARE(runs[2].name, std::string("held"));
        QVERIFY(!runs[2].resumable);
        QCOMPARE(runs[3].name, std::string("bare"));
        QCOMPARE(runs[3].total_steps, 4);
        QVERIFY(!runs[3].resumable);
    }

    void an_absent_folder_has_no_runs() { QVERIFY(list_runs(new_folder()).empty()); }
};

QTEST_GUILESS_MAIN(RunRecordTest)
#include "run_record_test.moc"
