// A training over several processes beside the same training in one, and what happens when one of them dies.

#include "engine/runs/run_folder.h"
#include "tests/command/tiny_training.h"
#include "tests/tiny_classifier.h"

#include <QElapsedTimer>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>

#include <sys/types.h>

using namespace lora;

namespace {

// float32 is added up in another order.
constexpr double most_apart_first = 1e-6, most_apart_later = 1e-5;

double relative(double a, double b) { return std::abs(a - b) / std::max(std::abs(a), 1e-12); }

/// Of a process's children the one with this rank in its environment; 0: none yet.
pid_t process_of_rank(qint64 parent, int rank) {
    const std::string at = "/proc/" + std::to_string(parent);
    std::ifstream children(at + "/task/" + std::to_string(parent) + "/children");
    for (pid_t child = 0; children >> child;) {
        std::ifstream file("/proc/" + std::to_string(child) + "/environ");
        std::stringstream variables;
        variables << file.rdbuf();
        if (contains(variables.str(), "LOCAL_RANK=" + std::to_string(rank) + std::string(1, '\0')))
            return child;
    }
    return 0;
}

} // namespace

class RanksTest : public QObject {
    Q_OBJECT

    TinyTraining training_;
    std::string classifier_ = tiny::write_classifier(training_.scratch.path("classifier"));
    std::string labelled_ = training_.scratch.write("labelled.jsonl", tiny::labelled_lines(14));

    Words words(const std::string& name, const Words& more = {}) const {
        Words all{"train", "--json", "--out", training_.scratch.path(name), "--device", "cpu", "--threads",
            "1", "--steps", "20", "--eval-every", "10", "--max-length", "32"};
        all.insert(all.end(), more.begin(), more.end());
        const Words usual{"--model", training_.model, "--data", training_.data, "--eval", training_.eval,
            "--batch", "4", "--lr", "1e-2"};
        for (std::size_t i = 0; i < usual.size(); i += 2)
            if (std::find(more.begin(), more.end(), usual[i]) == more.end())
                all.insert(all.end(), {usual[i], usual[i + 1]});
        return all;
    }
    Answer run(const std::string& name, const Words& more = {}) const {
        Answer answer = lora_says(words(name, more));
        if (answer.code != 0) qWarning("%s", answer.all().c_str());
        return answer;
    }

    static void compare(const Answer& alone, const Answer& together) {
        QCOMPARE(together.code, 0);
        const auto steps = alone.events("step"), same = together.events("step");
        QCOMPARE(same.size(), steps.size());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const double most = i == 0 ? most_apart_first : most_apart_later;
            QCOMPARE(same[i].at("step"), steps[i].at("step"));
            QVERIFY2(relative(steps[i].at("loss"), same[i].at("loss")) < most, same[i].dump().c_str());
            if (i == 0)
                QVERIFY2(relative(steps[i].at("grad_norm"), same[i].at("grad_norm")) < most,
                    same[i].dump().c_str());
        }
        const auto evaluations = alone.events("evaluation"), shared = together.events("evaluation");
        QVERIFY(!evaluations.empty());
        QCOMPARE(shared.size(), evaluations.size());
        for (std::size_t i = 0; i < evaluations.size(); ++i) {
            for (const char* exact : {"learned_tokens", "samples", "accuracy"})
                QCOMPARE(shared[i].value(exact, -1.0), evaluations[i].value(exact, -1.0));
            QVERIFY(relative(evaluations[i].at("loss"), shared[i].at("loss")) < most_apart_later);
        }
    }

    /// Waits until a rank is there, and sends it a signal.
    static pid_t send(Command& command, int rank, int signal) {
        const pid_t process = process_of_rank(command.process().processId(), rank);
        if (process > 0) ::kill(process, signal);
        return process;
    }

    Words long_run(const std::string& name, int ranks) const {
        return training_.words(name, {"--steps", "100000", "--checkpoint-every", "5", "--ranks",
                                         std::to_string(ranks), "--rank-timeout", "2"});
    }

private Q_SLOTS:
    void several_ranks_learn_what_one_process_learns_data() {
        QTest::addColumn<QByteArrayList>("settings");
        QTest::addColumn<QByteArray>("ranks");
        const auto row = [](const char* name, QByteArrayList settings, const char* ranks) {
            QTest::newRow(name) << settings << QByteArray(ranks);
        };
        row("two ranks", {}, "2");
        row("three ranks with uneven shares", {"--batch", "5"}, "3");
        row("fewer rows than ranks", {"--batch", "2"}, "3");
        row("accumulation", {"--batch", "6", "--accumulate", "3"}, "2");
        row("DoRA", {"--method", "dora"}, "2");
        row("PiSSA", {"--method", "pissa"}, "2");
        row("AdaLoRA", {"--method", "adalora", "--adalora-tinit", "2", "--adalora-tfinal", "2"}, "2");
        row("full", {"--method", "full", "--lr", "1e-3"}, "3");
        row("a subspace", {"--method", "subspace", "--subspace-dimension", "40", "--said"}, "2");
    }
    void several_ranks_learn_what_one_process_learns() {
        QFETCH(QByteArrayList, settings);
        QFETCH(QByteArray, ranks);
        Words more;
        for (const QByteArray& word : settings) more.push_back(word.toStdString());
        const std::string name = QTest::currentDataTag();
        const Answer alone = run(name + " alone", more);
        more.insert(more.end(), {"--ranks", ranks.toStdString()});
        compare(alone, run(name + " together", more));
    }

    void dropout_is_that_of_one_process_with_as_many_micro_batches() {
        // A classifier drops out by its own configuration.
        const Words classifier{"--model", classifier_, "--data", labelled_, "--eval", labelled_};
        for (const Words& drops_out : {Words{"--dropout", "0.3"}, classifier}) {
            Words together = drops_out, accumulated = drops_out;
            together.insert(together.end(), {"--ranks", "2"});
            accumulated.insert(accumulated.end(), {"--accumulate", "2"});
            const std::string name = "dropout " + std::to_string(drops_out.size());
            compare(run(name + " accumulated", accumulated), run(name + " together", together));
        }
    }

    void the_same_number_of_ranks_gives_the_same_bits() {
        QCOMPARE(run("first of two", {"--ranks", "2"}).code, 0);
        QCOMPARE(run("second of two", {"--ranks", "2"}).code, 0);
        QCOMPARE(training_.adapter_bytes("first of two"), training_.adapter_bytes("second of two"));
    }

    void rank_0_alone_writes_and_speaks() {
        const Answer answer = run("written once", {"--ranks", "2"});
        QCOMPARE(answer.events("step").size(), std::size_t{20});
        QCOMPARE(answer.events("done").size(), std::size_t{1});
        QCOMPARE(answer.err, std::string());
    }

    void a_run_goes_on_with_another_number_of_ranks_data() {
        QTest::addColumn<int>("before");
        QTest::addColumn<int>("after");
        QTest::newRow("from two to one") << 2 << 1;
        QTest::newRow("from one to three") << 1 << 3;
    }
    void a_run_goes_on_with_another_number_of_ranks() {
        QFETCH(int, before);
        QFETCH(int, after);
        const std::string name = "from " + std::to_string(before);
        const Words pauses{"--spectrum-every", "1", "--checkpoint-every", "5"};
        const Answer whole = run(name + " whole", pauses);
        Words first = pauses;
        first.insert(first.end(), {"--ranks", std::to_string(before)});
        Command command(words(name, first));
        QVERIFY(command.await_line("\"event\":\"step\",\"step\":8,"));
        ::kill(static_cast<pid_t>(command.process().processId()), SIGTERM);
        const Answer stopped = command.end();
        QCOMPARE(stopped.code, 143);
        const Json last = stopped.events("step").back();
        QVERIFY(last.at("step") < 20);
        QCOMPARE(stopped.objects().back(), (Json{{"event", "checkpoint"}, {"step", last.at("step")}}));

        Words second = training_.resume(name);
        second.insert(second.end(), {"--ranks", std::to_string(after)});
        const Answer resumed = lora_says(second);
        QVERIFY2(resumed.code == 0, resumed.all().c_str());
        QCOMPARE(resumed.events("step").front().at("step"), last.at("step").get<int>() + 1);
        const double loss = whole.events("step").back().at("loss");
        QVERIFY(relative(loss, resumed.events("step").back().at("loss")) < most_apart_later);
    }

    void a_killed_rank_ends_the_others_with_its_name_and_the_run_goes_on() {
        Command command(long_run("killed", 3));
        QVERIFY(command.await_line("\"event\":\"checkpoint\""));
        QElapsedTimer watch;
        watch.start();
        const pid_t killed = send(command, 1, SIGKILL);
        QVERIFY(killed > 0);
        const Answer answer = command.end();
        QCOMPARE(answer.code, 1);
        QVERIFY2(watch.elapsed() < 30'000, answer.err.c_str());
        const std::string name = "rank 1 (process " + std::to_string(killed) + ") was killed by signal 9";
        QVERIFY2(contains(answer.err, name), answer.err.c_str());
        QVERIFY2(contains(answer.err, "go on with: lora train --resume"), answer.err.c_str());
        Command again(training_.resume("killed"));
        QVERIFY(again.await_line("\"event\":\"step\""));
        ::kill(static_cast<pid_t>(again.process().processId()), SIGTERM);
        QCOMPARE(again.end().code, 143);
    }

    void ranks_save_and_end_when_the_one_that_watches_dies() {
        Command command(long_run("unwatched", 2));
        QVERIFY(command.await_line("\"event\":\"step\",\"step\":5,"));
        command.process().kill();
        command.end();
        QTRY_VERIFY_WITH_TIMEOUT(!is_run_active(training_.scratch.path("unwatched")), 30'000);
        const std::string events = training_.scratch.read("unwatched/events.jsonl");
        QVERIFY(contains(events.substr(events.rfind('\n', events.size() - 2)), "\"checkpoint\""));
    }

    void a_rank_that_stands_still_is_found_and_named() {
        Command command(long_run("still", 3));
        QVERIFY(command.await_line("\"event\":\"step\",\"step\":5,"));
        const pid_t still = send(command, 2, SIGSTOP);
        QVERIFY(still > 0);
        const Answer answer = command.end();
        QCOMPARE(answer.code, 1);
        const std::string name = "rank 2 (process " + std::to_string(still) + " on ";
        QVERIFY2(contains(answer.err, name), answer.err.c_str());
        QVERIFY2(contains(answer.err, "no sign of life for"), answer.err.c_str());
    }

    void the_leaders_death_is_told_by_the_one_that_watches() {
        Command command(long_run("headless", 2));
        QVERIFY(command.await_line("\"event\":\"step\",\"step\":5,"));
        const pid_t leader = send(command, 0, SIGKILL);
        QVERIFY(leader > 0);
        const Answer answer = command.end();
        QCOMPARE(answer.code, 1);
        const std::string name = "rank 0 (process " + std::to_string(leader) + ") was killed by signal 9";
        QVERIFY2(contains(answer.err, name), answer.err.c_str());
    }

    void a_folder_that_is_taken_is_told_once_and_ends_all() {
        QCOMPARE(run("taken").code, 0);
        const Answer answer = lora_says(words("taken", {"--ranks", "2"}));
        QCOMPARE(answer.code, 1);
        QVERIFY2(contains(answer.err, "taken"), answer.err.c_str());
        QCOMPARE(answer.events("error").size(), std::size_t{1});
    }

    void ranks_that_see_different_data_are_refused_before_the_first_step() {
        const std::string other = training_.scratch.write("other.jsonl", tiny::lines(12));
        const std::vector<std::string> data{training_.data, other};
        std::vector<std::unique_ptr<Command>> ranks;
        const std::string port = std::to_string(20'000 + QCoreApplication::applicationPid() % 10'000);
        for (int rank = 0; rank < 2; ++rank) {
            qputenv("RANK", QByteArray::number(rank));
            qputenv("WORLD_SIZE", "2");
            qputenv("MASTER_ADDR", "127.0.0.1");
            qputenv("MASTER_PORT", QByteArray::fromStdString(port));
            ranks.push_back(std::make_unique<Command>(
                words("different", {"--rank-timeout", "5", "--data", data[static_cast<std::size_t>(rank)]})));
        }
        for (const char* name : {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"}) qunsetenv(name);
        const Answer other_rank = ranks[1]->end(), leader = ranks[0]->end();
        QCOMPARE(other_rank.code, 1);
        QVERIFY2(contains(other_rank.err, "tokens of the training data of rank 1"), other_rank.err.c_str());
        QCOMPARE(leader.code, 1);
        QVERIFY2(contains(leader.err, "rank 1 (process "), leader.err.c_str());
        QVERIFY2(contains(leader.err, "tokens of the training data"), leader.err.c_str());
        QVERIFY(leader.events("step").empty());
    }

    void a_rank_that_never_comes_is_named() {
        qputenv("SLURM_PROCID", "0");
        qputenv("SLURM_NTASKS", "2");
        qputenv("SLURM_LOCALID", "0");
        qputenv("SLURM_JOB_NODELIST", "localhost");
        qputenv("SLURM_JOB_ID", QByteArray::number(QCoreApplication::applicationPid()));
        const Answer answer = lora_says(words("waiting", {"--rank-timeout", "1"}));
        for (const char* name :
            {"SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", "SLURM_JOB_NODELIST", "SLURM_JOB_ID"})
            qunsetenv(name);
        QCOMPARE(answer.code, 1);
        QVERIFY2(contains(answer.err, "found 1 within 5 s, expected 2; missing: 1"), answer.err.c_str());
    }
};

QTEST_GUILESS_MAIN(RanksTest)
#include "ranks_test.moc"
