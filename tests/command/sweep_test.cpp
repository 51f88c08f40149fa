// lora sweep: twenty runs, killed at several moments and gone on with; a run that fails; signals; results.

#include "tests/command/tiny_training.h"

#include <QTest>
#include <csignal>

#include <sys/types.h>

using namespace lora;

class SweepTest : public QObject {
    Q_OBJECT

    TinyTraining training_;
    int count_ = 0;

    /// 5 ranks × 2 learning rates × 2 seeds.
    Json twenty() const {
        return {{"name", "ranks"},
            {"base", {{"device", "cpu"}, {"threads", 1},
                         {"data", {{"train", "train.jsonl"}, {"eval", "eval.jsonl"}}},
                         {"training", {{"steps", 6}, {"batch", 4}, {"eval_every", 3}, {"checkpoint_every", 2},
                                          {"spectrum_every", 0}}}}},
            {"runs", {{{"training.lr", 1e-2}}, {{"training.lr", 1e-3}}}},
            {"axes", {{"lora.rank", {1, 2, 3, 4, 5}}, {"training.seed", {1, 2}}}}};
    }
    Words words(const std::string& name, const Json& file, const Words& more = {}) const {
        Words all{"sweep", "--json", training_.scratch.write(name + ".json", file.dump()), "--out",
            training_.scratch.path(name), "--model", training_.model, "--data", training_.scratch.path("")};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Words resume(const std::string& name) const {
        return {"sweep", "--json", "--resume", training_.scratch.path(name)};
    }
    std::string new_name() { return "sweep " + std::to_string(++count_); }

    /// results.json without times.
    Json results(const std::string& name) const {
        Json all = parse_json(training_.scratch.read(name + "/results.json"), name);
        for (const char* part : {"runs", "spread"})
            for (Json& row : all[part]) row.erase("seconds");
        return all;
    }
    static Json row_of(const Answer& answer, std::size_t index) {
        return answer.events("results").at(0).at("runs").at(index);
    }

private Q_SLOTS:
    void initTestCase() {
        const Answer answer = lora_says(words("whole", twenty()));
        QVERIFY2(answer.code == 0, answer.err.c_str());
        QCOMPARE(answer.events("run_over").size(), std::size_t{20});
        QCOMPARE(answer.objects().back(), (Json{{"event", "done"}, {"sweep", training_.scratch.path("whole")},
                                              {"runs", 20}, {"failed", 0}}));
    }

    void its_results_are_one_complete_table() {
        const Json all = results("whole");
        QCOMPARE(all["runs"].size(), std::size_t{20});
        QCOMPARE(all["spread"].size(), std::size_t{10});
        for (const Json& run : all["runs"]) {
            QCOMPARE(run["state"].get<std::string>(), std::string("finished"));
            QVERIFY(run["eval_loss"].is_number() && run["trainable"].is_number());
        }
        QVERIFY(all["spread"][0]["eval_loss"]["sd"].is_number());
    }

    void killed_at_several_moments_it_ends_with_the_same_table_data() {
        QTest::addColumn<QByteArrayList>("moments");
        QTest::newRow("before the first step") << QByteArrayList{"run_began"};
        QTest::newRow("within the first run") << QByteArrayList{"\"step\",\"step\":3,"};
        QTest::newRow("between two runs") << QByteArrayList{"\"run_over\",\"run\":\"004"};
        QTest::newRow("three times, in the middle of runs") << QByteArrayList{
            "\"run\":\"005-lr=0.01-rank=3-seed=1\"", "\"run\":\"012-lr=0.001-rank=1-seed=2\"", "\"step\":5,"};
        QTest::newRow("at the end of the last run") << QByteArrayList{"\"run_over\",\"run\":\"020"};
    }
    void killed_at_several_moments_it_ends_with_the_same_table() {
        QFETCH(QByteArrayList, moments);
        const std::string name = new_name();
        bool begun = false;
        for (const QByteArray& moment : moments) {
            Command command(begun ? resume(name) : words(name, twenty()));
            begun = true;
            QVERIFY2(command.await_line(moment.constData()), moment.constData());
            command.process().kill();
            QCOMPARE(command.end().code, -1);
        }
        const Answer answer = lora_says(resume(name));
        QVERIFY2(answer.code == 0, answer.err.c_str());
        QCOMPARE(results(name), results("whole"));
        const std::string run = "/runs/020-lr=0.001-rank=5-seed=2";
        QCOMPARE(training_.adapter_bytes(name + run), training_.adapter_bytes("whole" + run));
    }

    void a_signal_saves_and_the_sweep_goes_on() {
        const std::string name = new_name();
        Command command(words(name, twenty()));
        QVERIFY(command.await_line("\"run\":\"003"));
        ::kill(static_cast<pid_t>(command.process().processId()), SIGINT);
        const Answer stopped = command.end();
        QCOMPARE(stopped.code, 130);
        QVERIFY(stopped.events("done").empty());
        const Answer answer = lora_says(resume(name));
        QVERIFY2(answer.code == 0, answer.err.c_str());
        QCOMPARE(results(name), results("whole"));
    }

    void a_run_that_fails_is_marked_and_the_rest_finish() {
        Json file = twenty();
        file["axes"]["lora.rank"] = {1, 0, 2};
        const std::string name = new_name();
        const Answer answer = lora_says(words(name, file));
        QCOMPARE(answer.code, 1);
        QVERIFY2(contains(answer.err, "4 of 12 runs failed"), answer.err.c_str());
        int finished = 0;
        const Json all = results(name);
        for (const Json& run : all["runs"]) {
            if (run["state"] == "finished") ++finished;
            if (run["state"] == "failed")
                QVERIFY(contains(run["why"].get<std::string>(), "{lora.rank}: found 0, expected 1 to 65536"));
        }
        QCOMPARE(finished, 8);
    }

    void results_tell_a_sweep_without_going_on() {
        const std::string name = new_name();
        {
            Command command(words(name, twenty()));
            QVERIFY(command.await_line("\"run\":\"003"));
            command.process().kill();
            command.end();
        }
        const Answer answer = lora_says({"sweep", "--json", "--results", training_.scratch.path(name)});
        QCOMPARE(answer.code, 0);
        QCOMPARE(row_of(answer, 0).at("state"), "finished");
        QCOMPARE(row_of(answer, 2).at("state"), "stopped");
        QCOMPARE(row_of(answer, 19).at("state"), "waiting");
        const Answer table = lora_says({"sweep", "--results", training_.scratch.path("whole")});
        QVERIFY2(contains(table.out, "lora.rank=5 training.lr=0.01"), table.out.c_str());
        QVERIFY2(contains(table.out, " ± "), table.out.c_str());
    }

    void the_best_run_is_told_by_the_measure_that_was_asked_for() {
        const std::string whole = training_.scratch.path("whole");
        const Answer usual = lora_says({"sweep", "--results", whole});
        QVERIFY2(contains(usual.out, "best by evaluation loss: 0"), usual.out.c_str());
        QVERIFY2(contains(usual.out, "best over seeds by evaluation loss: lora.rank="), usual.out.c_str());
        const Answer asked = lora_says({"sweep", "--json", "--results", whole, "--rank-by", "training_loss"});
        const Json results = asked.events("results").at(0);
        QCOMPARE(results.at("ranked_by"), "training_loss");
        QCOMPARE(results.at("ranking").size(), std::size_t{20});
        double lowest = 1e9;
        std::string best;
        for (const Json& run : results.at("runs"))
            if (const double loss = run.at("training_loss"); loss < lowest) {
                lowest = loss;
                best = run.at("run").get<std::string>();
            }
        QCOMPARE(results.at("ranking").at(0).get<std::string>(), best);
        const Answer absent = lora_says({"sweep", "--results", whole, "--rank-by", "accuracy"});
        QVERIFY2(
            contains(absent.err, "no finished run has accuracy; ranked by eval_loss"), absent.err.c_str());
        QCOMPARE(lora_says({"sweep", "--results", whole, "--rank-by", "luck"}).code, 2);
    }

    void a_dry_run_lists_the_runs_and_starts_none() {
        const std::string name = new_name();
        const Answer answer = lora_says(words(name, twenty(), {"--dry-run", "--set", "training.steps=2"}));
        QCOMPARE(answer.code, 0);
        QCOMPARE(answer.events("planned").size(), std::size_t{20});
        QCOMPARE(answer.events("planned")[0].at("settings").at("training").at("steps"), 2);
        QVERIFY(training_.scratch.read(name + "/sweep.json").empty());
    }

    void a_model_that_is_not_there_stops_the_sweep_before_it_starts() {
        const std::string name = new_name();
        Words all = words(name, twenty());
        all[6] = "/no/such";
        const Answer answer = lora_says(all);
        QCOMPARE(answer.code, 1);
        QVERIFY2(contains(answer.err, "--model: found nothing at /no/such"), answer.err.c_str());
        QVERIFY(training_.scratch.read(name + "/sweep.json").empty());
    }
};

QTEST_GUILESS_MAIN(SweepTest)
#include "sweep_test.moc"
