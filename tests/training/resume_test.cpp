// A run that was interrupted anywhere and resumed is the run that was not.

#include "engine/error.h"
#include "engine/runs/run_folder.h"
#include "tests/training/tiny_run.h"

#include <QTest>
#include <filesystem>
#include <fstream>

using namespace lora;

namespace fs = std::filesystem;

class ResumeTest : public QObject {
    Q_OBJECT

    RunBench bench_;
    std::string whole_;         // the folder of an uninterrupted run
    std::vector<RunEvent> all_; // and what it told
    std::unique_ptr<Run> resume(const std::string& folder) { return Run::resume(folder, bench_.loaded); }

    /// A run that has told `events` events and was then let go.
    std::string interrupted(int events, bool saved) {
        const std::string folder = bench_.new_folder();
        const auto run = Run::start(bench_.busy_settings(), folder, bench_.loaded);
        for (int told = 0; told < events;) told += run->advance().has_value();
        if (saved) run->save();
        return folder;
    }

    std::string refusal(const std::string& folder) {
        return message_of<Error>([&] { resume(folder); });
    }

private Q_SLOTS:
    void initTestCase() {
        whole_ = bench_.new_folder();
        all_ = to_the_end(*Run::start(bench_.busy_settings(), whole_, bench_.loaded));
        QCOMPARE(records<StepRecord>(all_).size(), std::size_t(9));
        QCOMPARE(records<EvaluationRecord>(all_).size(), std::size_t(4)); // 0, 4, 8, 9
    }

    void a_run_resumed_after_any_event_ends_bit_for_bit_as_the_uninterrupted_one_data() {
        QTest::addColumn<bool>("saved");
        QTest::newRow("killed") << false;
        QTest::newRow("stopped and saved") << true;
    }
    void a_run_resumed_after_any_event_ends_bit_for_bit_as_the_uninterrupted_one() {
        QFETCH(bool, saved);
        for (int events = 0; events < static_cast<int>(all_.size()); ++events) {
            const std::string folder = interrupted(events, saved);
            to_the_end(*resume(folder));
            const std::string after = "after event " + std::to_string(events);
            QVERIFY2(adapter_bytes(folder) == adapter_bytes(whole_), after.c_str());
            QVERIFY2(lasting_events(folder, !saved) == lasting_events(whole_, !saved), after.c_str());
        }
    }

    void a_run_of_any_method_goes_on_bit_for_bit_data() {
        QTest::addColumn<QString>("word");
        for (const MethodKind kind : method_kinds()) {
            if (trains_weights(kind)) continue; // those that leave no adapter: weights_run_test
            const std::string word = name(kind);
            QTest::newRow(word.c_str()) << QString::fromStdString(word);
        }
    }
    void a_run_of_any_method_goes_on_bit_for_bit() {
        QFETCH(QString, word);
        RunSettings settings = bench_.busy_settings();
        settings.method = method_kind(word.toStdString());
        settings.lora.dropout = 0; // not all take it
        settings.training.epochs = 2;
        const std::string whole = bench_.new_folder(), cut = bench_.new_folder();
        to_the_end(*Run::start(settings, whole, bench_.loaded));
        {
            const auto run = Run::start(settings, cut, bench_.loaded);
            while (run->steps_done() < 4) run->advance();
        }
        to_the_end(*resume(cut));
        QCOMPARE(adapter_bytes(cut), adapter_bytes(whole));
        QCOMPARE(lasting_events(cut, true), lasting_events(whole, true));
    }

    void a_run_resumed_twice_in_a_row_is_the_same_too() {
        const std::string folder = interrupted(7, true);
        {
            const auto run = resume(folder);
            for (int told = 0; told < 5;) told += run->advance().has_value();
            run->save();
        }
        to_the_end(*resume(folder));
        QCOMPARE(adapter_bytes(folder), adapter_bytes(whole_));
        QCOMPARE(lasting_events(folder, false), lasting_events(whole_, false));
    }

    void a_checkpoint_falls_due_by_the_clock_as_well_and_changes_nothing() {
        RunSettings settings = bench_.busy_settings();
        settings.training.checkpoint_every = 0;
        settings.training.checkpoint_minutes = 2;
        const std::string folder = bench_.new_folder();
        Run::Clock::time_point now;
        std::vector<RunEvent> events;
        {
            const auto run = Run::start(settings, folder, bench_.loaded);
            run->keep_time_by([&now] { return now; });
            while (run->steps_done() < 8) { // each takes a minute
                auto event = run->advance();
                if (!event) continue;
                if (std::holds_alternative<StepRecord>(*event)) now += std::chrono::minutes(1);
                events.push_back(std::move(*event));
            }
        }
        const auto saved = records<CheckpointRecord>(events);
        QCOMPARE(saved.size(), std::size_t(3));
        QCOMPARE(saved[0].step, 3);
        QCOMPARE(saved[1].step, 4); // the best evaluation so far, from which the minutes are counted anew
        QVERIFY(saved[1].best);
        QCOMPARE(saved[2].step, 7);
        to_the_end(*resume(folder));
        QCOMPARE(adapter_bytes(folder), adapter_bytes(whole_));
    }

    void the_newest_two_checkpoints_are_kept() {
        RunSettings settings = bench_.plain_settings();
        settings.training.steps = 5;
        settings.training.checkpoint_every = 1;
        const std::string folder = bench_.new_folder();
        to_the_end(*Run::start(settings, folder, bench_.loaded));
        const auto kept = list_checkpoints(folder);
        QCOMPARE(kept.size(), std::size_t(2));
        QCOMPARE(kept[0].step, 4);
        QCOMPARE(kept[1].step, 5);
    }

    void damaged_checkpoints_are_named_and_set_aside_and_no_later_save_is_lost_to_them() {
        RunSettings settings = bench_.plain_settings();
        settings.training.steps = 8;
        settings.training.checkpoint_every = 1;
        const std::string folder = bench_.new_folder();
        {
            const auto run = Run::start(settings, folder, bench_.loaded);
            while (run->steps_done() < 5) run->advance();
        }
        for (const Checkpoint& each : list_checkpoints(folder)) {
            std::fstream file(each.folder + "/optimizer.safetensors", std::ios::in | std::ios::out);
            file.seekp(-1, std::ios::end);
            file.put('\x55');
        }
        {
            const auto run = resume(folder);
            QCOMPARE(run->steps_done(), 0);
            QCOMPARE(run->notes().size(), std::size_t(2));
            QVERIFY2(contains(run->notes()[0], "The checkpoint of step 3 is damaged")
                         && contains(run->notes()[0], "goes on from its beginning"),
                run->notes()[0].c_str());
            run->advance();
            run->save();
            QCOMPARE(latest_checkpoint(folder)->step, 1);
        }
        const auto run = resume(folder);
        QCOMPARE(run->steps_done(), 1);
        QVERIFY(run->notes().empty());
        std::size_t aside = 0;
        for (const auto& entry : fs::directory_iterator(folder + "/checkpoints"))
            aside += entry.path().filename().string().starts_with("damaged-step-");
        QCOMPARE(aside, std::size_t(2));
    }

    void events_that_are_damaged_in_the_middle_are_cut_there_and_the_run_goes_on() {
        const std::string folder = interrupted(15, true);
        const auto good = latest_checkpoint(folder);
        std::string events = read_text(folder + "/events.jsonl", 1 << 20);
        events[events.find('\n') + 5] = '\0';
        write_file(folder + "/events.jsonl", events);
        const auto run = resume(folder);
        QCOMPARE(run->steps_done(), good->step);
        QCOMPARE(run->notes().size(), std::size_t(1));
        QVERIFY2(contains(run->notes()[0], "events.jsonl: line 2"), run->notes()[0].c_str());
        to_the_end(*run);
        QCOMPARE(adapter_bytes(folder), adapter_bytes(whole_));
    }

    void what_is_left_of_half_written_checkpoints_is_passed_over_and_what_of_writes_removed() {
        const std::string folder = interrupted(15, false);
        const auto good = latest_checkpoint(folder);
        QVERIFY(good);
        fs::copy(good->folder, folder + "/checkpoints/step-000099.tmp-0123456789abcdef");
        fs::copy(good->folder, checkpoint_path(folder, 98));
        fs::remove(checkpoint_path(folder, 98) + "/manifest.json");
        fs::copy(good->folder, checkpoint_path(folder, 97));
        fs::resize_file(checkpoint_path(folder, 97) + "/optimizer.safetensors", 100);
        write_file(folder + "/adapter.tmp-0123456789abcdef", "");
        const auto run = resume(folder);
        QVERIFY(!fs::exists(folder + "/checkpoints/step-000099.tmp-0123456789abcdef"));
        QVERIFY(!fs::exists(folder + "/adapter.tmp-0123456789abcdef"));
        QCOMPARE(run->steps_done(), good->step);
        to_the_end(*run);
        QCOMPARE(adapter_bytes(folder), adapter_bytes(whole_));
    }

    void data_that_changed_since_is_refused() {
        RunSettings settings = bench_.plain_settings();
        settings.data.train = bench_.scratch.write("changing.jsonl", tiny::lines(8));
        const std::string folder = bench_.new_folder();
        Run::start(settings, folder, bench_.loaded)->save();
        bench_.scratch.write("changing.jsonl", tiny::lines(9));
        const std::string why = refusal(folder);
        QVERIFY2(contains(why, "changing.jsonl: found other contents than when the run began"), why.c_str());
        bench_.scratch.write("changing.jsonl", tiny::lines(8));
        QCOMPARE(resume(folder)->steps_done(), 0);
    }

    void a_folder_that_is_worked_in_or_holds_no_run_is_refused() {
        const std::string folder = interrupted(3, true);
        {
            const FolderLock lock(folder);
            const std::string why = refusal(folder);
            QVERIFY2(contains(why, folder + ": found a run folder that process"), why.c_str());
        }
        resume(folder);
        const std::string why = refusal(bench_.model);
        QVERIFY2(contains(why, bench_.model + ": found no run.json"), why.c_str());
    }

    void settings_out_of_range_in_run_json_are_refused() {
        const std::string folder = interrupted(3, true);
        Json run = read_json(settings_path(folder));
        run["settings"]["training"]["batch"] = 0;
        write_file(settings_path(folder), run.dump());
        const std::string why = refusal(folder);
        QVERIFY2(contains(why, "{training.batch}: found 0"), why.c_str());
    }

    void a_checkpoint_of_another_rank_is_refused_by_its_moments() {
        const std::string folder = interrupted(3, true);
        const std::string checkpoint = latest_checkpoint(folder)->folder;
        RunSettings other = bench_.busy_settings();
        other.lora.rank = 3;
        const std::string wider = bench_.new_folder();
        Run::start(other, wider, bench_.loaded)->save();
        const std::string adapter = latest_checkpoint(wider)->folder;
        StagedFolder mixed(checkpoint);
        for (const char* name : {"adapter_config.json", "adapter_model.safetensors"})
            mixed.write(name, read_text(adapter + "/" + name, 1 << 20));
        mixed.write("optimizer.safetensors", read_text(checkpoint + "/optimizer.safetensors", 1 << 20));
        mixed.commit();
        const std::string why = refusal(folder);
        QVERIFY2(contains(why, "optimizer.safetensors: tensor 'first_moment'"), why.c_str());
    }
};

QTEST_GUILESS_MAIN(ResumeTest)
#include "resume_test.moc"
