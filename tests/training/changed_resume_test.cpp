// A run that is resumed with other files, or other settings, than it began with.

#include "engine/error.h"
#include "engine/files/store.h"
#include "engine/runs/run_folder.h"
#include "engine/training/run_inputs.h"
#include "tests/training/tiny_run.h"

#include <QTest>
#include <cmath>
#include <filesystem>

using namespace lora;

class ChangedResumeTest : public QObject {
    Q_OBJECT

    RunBench bench_;

    std::unique_ptr<Run> resume(const std::string& folder, const ResumeWish& wish = {}) {
        return Run::resume(folder, bench_.loaded, /*stop=*/{}, wish);
    }

    /// A run of nine steps that was let go after the fourth.
    std::string interrupted(const RunSettings& settings) {
        std::string folder = bench_.new_folder();
        const auto run = Run::start(settings, folder, bench_.loaded);
        while (run->steps_done() < 4) run->advance();
        run->save();
        return folder;
    }

    RunSettings without_dropout() const {
        RunSettings settings = bench_.busy_settings();
        settings.lora.dropout = 0;
        return settings;
    }

    std::string refusal(const std::string& folder, const ResumeWish& wish = {}) {
        return message_of<Error>([&] { resume(folder, wish); });
    }

private Q_SLOTS:
    void a_model_that_changed_since_is_refused_by_its_file_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"model.safetensors", "config.json", "tokenizer.json"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void a_model_that_changed_since_is_refused_by_its_file() {
        QFETCH(QString, name);
        const std::string path = bench_.model + "/" + name.toStdString();
        const std::string folder = interrupted(bench_.plain_settings());
        const std::string before = read_text(path, 1 << 24);
        std::string other = before;
        other.back() = other.back() == ' ' ? '\n' : ' ';
        write_file(path, other);
        const std::string why = refusal(folder);
        write_file(path, before);
        QVERIFY2(contains(why, path + ": found other contents than when the run began, expected "
                                   + std::to_string(before.size()) + " bytes with the SHA-256 "),
            why.c_str());
        QVERIFY2(contains(why, "put the files back"), why.c_str());
        QCOMPARE(resume(folder)->steps_done(), 4);
    }

    void weights_that_are_cut_short_in_mid_run_are_named_and_cost_no_step() {
        RunSettings settings = bench_.busy_settings();
        settings.model = tiny::write_model(bench_.scratch.path("short"));
        const std::string whole = bench_.new_folder(), folder = bench_.new_folder();
        const std::string path = settings.model + "/model.safetensors";
        const std::string weights = read_text(path, 1 << 24);
        {
            LoadedModel loaded = load_model(settings.model, "cpu", at::kFloat);
            to_the_end(*Run::start(settings, whole, loaded));
            const auto run = Run::start(settings, folder, loaded);
            while (run->steps_done() < 4) run->advance();
            std::filesystem::resize_file(path, 1'000);
            const std::string told = message_of<Error>([&] { to_the_end(*run); });
            QVERIFY2(contains(told, path + ": found a file that was cut short"), told.c_str());
            QCOMPARE(run->steps_done(), 4);
            run->save();
        }
        write_file(path, weights);
        LoadedModel loaded = load_model(settings.model, "cpu", at::kFloat);
        to_the_end(*Run::resume(folder, loaded));
        QCOMPARE(adapter_bytes(folder), adapter_bytes(whole));
    }

    void files_that_come_or_go_change_a_model_too() {
        const std::string folder = interrupted(bench_.plain_settings());
        const std::string path = bench_.model + "/chat_template.jinja";
        write_file(path, "{{ messages }}");
        const std::string why = refusal(folder);
        std::filesystem::remove(path);
        QVERIFY2(contains(why, path + ": found a file that was not there when the run began"), why.c_str());
        QCOMPARE(resume(folder)->steps_done(), 4);
    }

    void other_files_are_taken_where_that_is_wished_said_and_recorded() {
        RunSettings settings = bench_.plain_settings();
        settings.training.epochs = 3;
        settings.data.train = bench_.scratch.write("changing.jsonl", tiny::lines(8));
        const std::string folder = interrupted(settings);
        bench_.scratch.write("changing.jsonl", tiny::lines(13));
        QVERIFY(!refusal(folder).empty());
        {
            const auto run = resume(folder, {.settings = {}, .other_files = true});
            QCOMPARE(run->total_steps(), 12);
            QCOMPARE(run->notes().size(), std::size_t(1));
            QVERIFY2(contains(run->notes()[0], settings.data.train), run->notes()[0].c_str());
        }
        const Json change = read_json(settings_path(folder))["changes"].at(0);
        QCOMPARE(change["after_step"].get<int>(), 4);
        QCOMPARE(change["files"].at(0).get<std::string>(), settings.data.train);
        QCOMPARE(read_run_file(folder).total_steps, 12);
        to_the_end(*resume(folder));
    }

    void fewer_steps_than_are_done_are_refused() {
        RunSettings settings = bench_.plain_settings();
        settings.training.epochs = 2;
        settings.data.train = bench_.scratch.write("shrinking.jsonl", tiny::lines(13));
        const std::string folder = interrupted(settings);
        bench_.scratch.write("shrinking.jsonl", tiny::lines(4));
        const std::string why = refusal(folder, {.settings = {}, .other_files = true});
        QVERIFY2(contains(why, "found 4 steps done, expected at most the 2"), why.c_str());
    }

    void a_run_of_a_version_that_did_not_describe_the_model_goes_on() {
        const std::string folder = interrupted(bench_.plain_settings());
        Json run = read_json(settings_path(folder));
        run.erase("model");
        write_file(settings_path(folder), run.dump());
        QCOMPARE(resume(folder)->steps_done(), 4);
    }

    void what_changes_rounding_alone_may_change_and_is_kept() {
        const RunSettings settings = without_dropout();
        const std::string whole = bench_.new_folder(), folder = interrupted(settings);
        const auto as_it_was = to_the_end(*Run::start(settings, whole, bench_.loaded));
        RunSettings changed = read_run_file(folder).settings;
        changed.training.accumulate = 4;
        changed.training.gradient_checkpointing = true;
        {
            const auto run = resume(folder, {.settings = changed});
            QCOMPARE(
                run->notes(), std::vector<std::string>{
                                  "From step 5 the run goes on with training.accumulate 4 in place of 2, "
                                  "training.gradient_checkpointing true in place of false. Its numbers "
                                  "are rounded in another way than without the change."});
            run->save();
        }
        QCOMPARE(read_run_file(folder).settings, changed);
        const Json change = read_json(settings_path(folder))["changes"].at(0);
        const Json expected{{"before", "2"}, {"after", "4"}};
        QVERIFY(change["settings"]["training.accumulate"] == expected);
        const auto run = resume(folder);
        QVERIFY(run->notes().empty());
        QCOMPARE(run->settings().training.accumulate, 4);
        const auto losses = records<EvaluationRecord>(to_the_end(*run));
        QVERIFY(std::abs(losses.back().loss - records<EvaluationRecord>(as_it_was).back().loss) < 1e-4);
    }

    void how_often_it_is_saved_may_change_and_not_a_bit_else() {
        const RunSettings settings = bench_.busy_settings();
        const std::string whole = bench_.new_folder(), folder = interrupted(settings);
        to_the_end(*Run::start(settings, whole, bench_.loaded));
        RunSettings changed = read_run_file(folder).settings;
        changed.training.checkpoint_every = 1;
        to_the_end(*resume(folder, {.settings = changed}));
        QCOMPARE(adapter_bytes(folder), adapter_bytes(whole));
    }

    void what_makes_another_run_is_refused() {
        const std::string folder = interrupted(without_dropout());
        RunSettings changed = read_run_file(folder).settings;
        changed.training.lr = 0.5;
        const std::string why = refusal(folder, {.settings = changed});
        QVERIFY2(contains(why, "{training.lr}: found 0.5, expected 0.01, as the run began"), why.c_str());
        QVERIFY(!read_json(settings_path(folder)).contains("changes"));
    }

    void dropout_is_said_to_drop_others() {
        const std::string folder = interrupted(bench_.busy_settings());
        RunSettings changed = read_run_file(folder).settings;
        changed.training.accumulate = 1;
        const std::string note = resume(folder, {.settings = changed})->notes().at(0);
        QVERIFY2(contains(note, "and dropout drops others."), note.c_str());
    }
};

QTEST_GUILESS_MAIN(ChangedResumeTest)
#include "changed_resume_test.moc"
