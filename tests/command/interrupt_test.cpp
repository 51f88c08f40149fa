// A training that is ended from outside, and gone on with.

#include "tests/command/tiny_training.h"

#include <QTest>
#include <csignal>
#include <filesystem>

#include <sys/resource.h>
#include <sys/types.h>

using namespace lora;

class InterruptTest : public QObject {
    Q_OBJECT

    TinyTraining training_;
    int count_ = 0;

    // A spectrum of every target after every step: so many lines that the command waits for its reader, and
    // cannot have ended before the signal.
    Words words(const std::string& name) const {
        return training_.words(
            name, {"--targets", "all-linear", "--dropout", "0.1", "--eval", training_.eval, "--eval-every",
                      "7", "--steps", "40", "--spectrum-every", "1", "--checkpoint-every", "6"});
    }
    std::string new_name() { return "run " + std::to_string(++count_); }

private Q_SLOTS:
    void initTestCase() {
        const Answer answer = lora_says(words("whole"));
        QVERIFY2(answer.code == 0, answer.err.c_str());
    }

    void a_signal_saves_and_the_resumed_run_ends_in_the_same_bytes_data() {
        QTest::addColumn<int>("signal");
        QTest::addColumn<int>("code");
        QTest::newRow("SIGINT") << SIGINT << 130;
        QTest::newRow("SIGTERM") << SIGTERM << 143;
        QTest::newRow("SIGHUP") << SIGHUP << 129;
        QTest::newRow("SIGPIPE") << SIGPIPE << 141;
    }
    void a_signal_saves_and_the_resumed_run_ends_in_the_same_bytes() {
        QFETCH(int, signal);
        QFETCH(int, code);
        const std::string name = new_name();
        Command command(words(name));
        QVERIFY(command.await_line("\"event\":\"step\",\"step\":8,"));
        ::kill(static_cast<pid_t>(command.process().processId()), signal);
        const Answer stopped = command.end();
        QCOMPARE(stopped.code, code);
        const Json last_step = stopped.events("step").back().at("step");
        QVERIFY(last_step < 40);
        QCOMPARE(stopped.objects().back(), (Json{{"event", "checkpoint"}, {"step", last_step}}));
        QVERIFY(stopped.events("done").empty());

        const Answer resumed = lora_says(training_.resume(name));
        QVERIFY2(resumed.code == 0, resumed.err.c_str());
        QCOMPARE(resumed.events("step").front().at("step"), last_step.get<int>() + 1);
        QCOMPARE(training_.adapter_bytes(name), training_.adapter_bytes("whole"));
    }

    void a_full_run_that_is_stopped_saves_its_weights_and_ends_in_the_same() {
        const auto full = [&](const std::string& name) {
            return Words{"train", "--json", "--model", training_.model, "--data", training_.data, "--out",
                training_.scratch.path(name), "--device", "cpu", "--threads", "1", "--batch", "4", "--lr",
                "1e-3", "--method", "full", "--steps", "24", "--spectrum-every", "1"};
        };
        QCOMPARE(lora_says(full("full")).code, 0);
        Command command(full("full stopped"));
        QVERIFY(command.await_line("\"event\":\"step\",\"step\":5,"));
        ::kill(static_cast<pid_t>(command.process().processId()), SIGINT);
        const Answer stopped = command.end();
        QCOMPARE(stopped.code, 130);
        QVERIFY(stopped.events("step").back().at("step") < 24);
        const Answer resumed = lora_says(training_.resume("full stopped"));
        QVERIFY2(resumed.code == 0, resumed.err.c_str());
        const auto weights = [&](const std::string& name) {
            return read_text(training_.scratch.path(name) + "/model/model.safetensors", 1 << 26);
        };
        QCOMPARE(weights("full stopped"), weights("full"));
    }

    void a_killed_run_goes_on_from_its_last_checkpoint_to_the_same_bytes_data() {
        QTest::addColumn<QByteArray>("after");
        QTest::newRow("before the first step") << QByteArray("\"event\":\"evaluation\",\"step\":0");
        QTest::newRow("before the first checkpoint") << QByteArray("\"event\":\"step\",\"step\":3,");
        QTest::newRow("in the middle") << QByteArray("\"event\":\"step\",\"step\":15,");
        QTest::newRow("at a checkpoint") << QByteArray("\"event\":\"checkpoint\",\"step\":18");
    }

    void a_killed_run_goes_on_from_its_last_checkpoint_to_the_same_bytes() {
        QFETCH(QByteArray, after);
        const std::string name = new_name();
        Command command(words(name));
        QVERIFY(command.await_line(after));
        command.process().kill();
        QCOMPARE(command.end().code, -1);
        const Answer resumed = lora_says(training_.resume(name));
        QVERIFY2(resumed.code == 0, resumed.err.c_str());
        QCOMPARE(training_.adapter_bytes(name), training_.adapter_bytes("whole"));
    }

    void a_resume_may_take_less_memory_and_may_not_learn_otherwise() {
        const std::string name = new_name();
        Command command(words(name));
        QVERIFY(command.await_line("\"event\":\"step\",\"step\":8,"));
        command.process().kill();
        command.end();
        Words other = training_.resume(name), less = other;
        other.insert(other.end(), {"--lr", "1"});
        const Answer refused = lora_says(other);
        QCOMPARE(refused.code, 2);
        QVERIFY2(contains(refused.err, "beside it may stand --json"), refused.err.c_str());
        less.insert(less.end(), {"--accumulate", "2", "--checkpoint-every", "0"});
        const Answer resumed = lora_says(less);
        QVERIFY2(resumed.code == 0, resumed.err.c_str());
        const std::string said = resumed.events("warning").front().at("text").get<std::string>();
        QVERIFY2(contains(said, "training.accumulate 2 in place of 1"), said.c_str());
        QCOMPARE(resumed.events("step").back().at("step"), 40);
    }

    void a_finished_run_says_so_and_changes_nothing() {
        const std::string events = training_.scratch.read("whole/events.jsonl");
        const Answer answer = lora_says(training_.resume("whole"));
        QCOMPARE(answer.code, 0);
        const std::vector<Json> told = answer.objects();
        QCOMPARE(told.size(), std::size_t(1));
        const Json expected{{"event", "done"}, {"step", 40}, {"adapter", training_.adapter("whole")},
            {"finished", true}, {"reason", "all_steps"}};
        for (const auto& [name, value] : expected.items())
            QVERIFY2(told[0].value(name, Json()) == value, told[0].dump().c_str());
        QCOMPARE(training_.scratch.read("whole/events.jsonl"), events);
        const Answer words = lora_says({"train", "--resume", training_.scratch.path("whole")});
        QVERIFY2(contains(words.out, "this run is finished"), words.out.c_str());
    }

    void a_run_that_another_process_works_on_is_refused() {
        const std::string name = new_name();
        Command command(words(name));
        QVERIFY(command.await_line("\"step\":1,"));
        const Answer answer = lora_says(training_.resume(name));
        QCOMPARE(answer.code, 1);
        const std::string holder = "process " + std::to_string(command.process().processId()) + " works in";
        QVERIFY2(contains(answer.err, holder), answer.err.c_str());
        command.process().kill();
        command.end();
    }

    void a_full_disk_exits_with_3_and_the_run_can_go_on() {
        const std::string name = new_name();
        Command command(words(name), [] {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{60'000, 60'000};
            setrlimit(RLIMIT_FSIZE, &limit);
        });
        const Answer full = command.end();
        QVERIFY2(full.code == 3, full.err.c_str());
        QVERIFY2(contains(full.err, "make room on this disk"), full.err.c_str());
        QVERIFY2(contains(full.err, "go on with: lora train --resume "), full.err.c_str());
        QCOMPARE(full.objects().back().at("event"), "error");
        QVERIFY(full.events("checkpoint").size() >= 1);
        const Answer resumed = lora_says(training_.resume(name));
        QVERIFY2(resumed.code == 0, resumed.err.c_str());
        QCOMPARE(training_.adapter_bytes(name), training_.adapter_bytes("whole"));
    }

    void a_save_that_the_disk_refuses_is_told_with_how_to_go_on() {
        const std::string name = new_name();
        Command command(words(name));
        QVERIFY(command.await_line("\"event\":\"step\",\"step\":2,"));
        const std::string in_the_way = training_.scratch.write(name + "/checkpoints", "a file");
        const Answer stopped = command.end();
        QCOMPARE(stopped.code, 1);
        QVERIFY2(contains(stopped.err, in_the_way + ": found "), stopped.err.c_str());
        QVERIFY2(contains(stopped.err, " was not saved ("), stopped.err.c_str());
        QVERIFY2(contains(stopped.err, "go on with: lora train --resume "), stopped.err.c_str());
        std::filesystem::remove(in_the_way);
        const Answer resumed = lora_says(training_.resume(name));
        QVERIFY2(resumed.code == 0, resumed.err.c_str());
        QCOMPARE(training_.adapter_bytes(name), training_.adapter_bytes("whole"));
    }

    void settings_of_a_run_that_make_no_sense_are_refused_before_anything_is_done() {
        const std::string name = new_name();
        Command command(words(name));
        QVERIFY(command.await_line("\"event\":\"step\",\"step\":8,"));
        command.process().kill();
        command.end();
        const std::string path = training_.scratch.path(name) + "/run.json";
        Json run = read_json(path);
        run["settings"]["threads"] = 200'000;
        training_.scratch.write(name + "/run.json", run.dump());
        const Answer refused = lora_says(training_.resume(name));
        QCOMPARE(refused.code, 1);
        const std::string told = path + ": --threads: found 200000, expected 0 to 1024";
        QVERIFY2(contains(refused.err, told), refused.err.c_str());
    }

    void a_loss_that_is_not_a_number_exits_with_3() {
        const std::string model = tiny::write_model(training_.scratch.path("broken"), 1, /*broken=*/true);
        Words all = training_.words(new_name());
        all[3] = model;
        const Answer answer = lora_says(all);
        QCOMPARE(answer.code, 3);
        QVERIFY2(contains(answer.err, "step 1: the loss is NaN"), answer.err.c_str());
    }
};

QTEST_GUILESS_MAIN(InterruptTest)
#include "interrupt_test.moc"
