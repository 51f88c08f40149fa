// Where a process stands among others, what its share is, and what all must see alike.

#include "engine/error.h"
#include "engine/ranks/claims.h"
#include "engine/ranks/environment.h"
#include "engine/ranks/share.h"

#include <QTest>
#include <map>

using namespace lora;

namespace {

Environment with(const std::map<std::string, std::string>& variables) {
    return [variables](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

std::string refusal(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return "no refusal";
}

const std::map<std::string, std::string> by_torchrun{{"RANK", "3"}, {"WORLD_SIZE", "4"}, {"LOCAL_RANK", "1"},
    {"LOCAL_WORLD_SIZE", "2"}, {"MASTER_ADDR", "node07"}, {"MASTER_PORT", "29500"},
    {"TORCHELASTIC_USE_AGENT_STORE", "True"}, {"TORCHELASTIC_RESTART_COUNT", "2"}};
const std::map<std::string, std::string> by_srun{{"SLURM_PROCID", "5"}, {"SLURM_NTASKS", "8"},
    {"SLURM_LOCALID", "1"}, {"SLURM_JOB_NODELIST", "gpu[07-08,11]"}, {"SLURM_JOB_ID", "4711"}};

} // namespace

class EnvironmentTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_process_that_nobody_started_as_a_rank_is_alone() {
        QVERIFY(!place_in(with({})));
        QVERIFY(!place_in(with({{"RANK", "0"}, {"WORLD_SIZE", "1"}})));
        QVERIFY(!place_in(with({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "1"}})));
        QVERIFY(!place_in(with({{"SLURM_NTASKS", "4"}}))); // a shell that salloc gave
    }

    void torchrun_tells_rank_and_meeting() {
        const auto place = place_in(with(by_torchrun));
        QVERIFY(place);
        QCOMPARE(place->rank, 3);
        QCOMPARE(place->size, 4);
        QCOMPARE(place->local_rank, std::optional(1));
        QCOMPARE(place->host, std::string("node07"));
        QCOMPARE(place->port, 29'500);
        QVERIFY(!place->leader_hosts);
        QVERIFY(!place->one_machine);
        QCOMPARE(place->attempt, std::string("2"));
    }

    void without_torchruns_own_store_rank_0_holds_the_meeting() {
        auto variables = by_torchrun;
        variables.erase("TORCHELASTIC_USE_AGENT_STORE");
        QVERIFY(place_in(with(variables))->leader_hosts);
    }

    void slurm_tells_rank_and_machines() {
        const auto place = place_in(with(by_srun));
        QVERIFY(place);
        QCOMPARE(place->rank, 5);
        QCOMPARE(place->size, 8);
        QCOMPARE(place->local_rank, std::optional(1));
        QCOMPARE(place->host, std::string("gpu07"));
        QVERIFY(place->port > 1024 && place->port < 32'768);
        QVERIFY(place->leader_hosts);
        QVERIFY(!place->one_machine);
        auto other_job = by_srun;
        other_job["SLURM_JOB_ID"] = "4712";
        QVERIFY(place_in(with(other_job))->port != place->port);
    }

    void a_step_of_slurm_goes_before_its_job_and_what_is_named_before_both() {
        auto variables = by_srun;
        variables["SLURM_STEP_NUM_TASKS"] = "6";
        variables["SLURM_STEP_NODELIST"] = "gpu11";
        QCOMPARE(place_in(with(variables))->size, 6);
        QCOMPARE(place_in(with(variables))->host, std::string("gpu11"));
        QVERIFY(place_in(with(variables))->one_machine);
        variables["MASTER_ADDR"] = "10.0.0.1";
        variables["MASTER_PORT"] = "1234";
        QCOMPARE(place_in(with(variables))->host, std::string("10.0.0.1"));
        QCOMPARE(place_in(with(variables))->port, 1234);
    }

    void ranks_that_torchrun_starts_inside_a_task_of_slurm_are_torchruns() {
        auto variables = by_torchrun;
        variables.insert(by_srun.begin(), by_srun.end());
        QCOMPARE(place_in(with(variables))->rank, 3);
    }

    void what_is_missing_or_no_number_is_named_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value"); // empty: the variable is missing
        QTest::newRow("no size") << QByteArray("WORLD_SIZE") << QByteArray();
        QTest::newRow("no rank") << QByteArray("RANK") << QByteArray();
        QTest::newRow("no address") << QByteArray("MASTER_ADDR") << QByteArray();
        QTest::newRow("no port") << QByteArray("MASTER_PORT") << QByteArray();
        QTest::newRow("a rank beyond the size") << QByteArray("RANK") << QByteArray("4");
        QTest::newRow("a negative rank") << QByteArray("RANK") << QByteArray("-1");
        QTest::newRow("a rank in words") << QByteArray("RANK") << QByteArray("three");
        QTest::newRow("a number with something behind it") << QByteArray("RANK") << QByteArray("1 ");
        QTest::newRow("a size of nothing") << QByteArray("WORLD_SIZE") << QByteArray("0");
        QTest::newRow("a port too large") << QByteArray("MASTER_PORT") << QByteArray("65536");
    }
    void what_is_missing_or_no_number_is_named() {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        auto variables = by_torchrun;
        variables.erase(name.toStdString());
        if (!value.isEmpty()) variables[name.toStdString()] = value.toStdString();
        const std::string text = refusal([&] { place_in(with(variables)); });
        QVERIFY2(text.starts_with(name.toStdString()), text.c_str());
    }

    void the_first_machine_of_a_list_is_found_data() {
        QTest::addColumn<QByteArray>("list");
        QTest::addColumn<QByteArray>("first");
        QTest::newRow("one") << QByteArray("box") << QByteArray("box");
        QTest::newRow("two") << QByteArray("left,right") << QByteArray("left");
        QTest::newRow("a range") << QByteArray("node[07-09,12],gpu1") << QByteArray("node07");
        QTest::newRow("numbers") << QByteArray("n[3,5]") << QByteArray("n3");
        QTest::newRow("a domain") << QByteArray("n[001-128].cluster.org") << QByteArray("n001.cluster.org");
        QTest::newRow("two ranges") << QByteArray("rack[1-2]node[01-16]") << QByteArray("rack1node01");
    }
    void the_first_machine_of_a_list_is_found() {
        QFETCH(QByteArray, list);
        QFETCH(QByteArray, first);
        QCOMPARE(first_host(list.toStdString()), first.toStdString());
    }

    void what_is_no_list_of_machines_is_refused() {
        for (const char* list : {"", ",", "node[", "node[]", "node[-2]", "a b", "node[1"}) {
            const std::string text = refusal([&] { first_host(list); });
            QVERIFY2(text.starts_with("the list of Slurm's machines"), list);
        }
    }

    void one_process_cuts_a_batch_as_accumulate_says() {
        QCOMPARE(share_of_batch(5, 2, 0, 1), (std::vector<BatchPart>{{0, 0, 2}, {1, 2, 5}}));
        QCOMPARE(share_of_batch(1, 4, 0, 1), (std::vector<BatchPart>{{0, 0, 1}}));
    }

    void all_ranks_together_work_on_every_row_once() {
        for (std::size_t rows = 1; rows < 20; ++rows)
            for (std::size_t accumulate = 1; accumulate < 6; ++accumulate)
                for (int size = 1; size < 7; ++size) {
                    const auto rounded = (accumulate + static_cast<std::size_t>(size) - 1)
                                         / static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
                    std::vector<BatchPart> all;
                    for (int rank = 0; rank < size; ++rank) {
                        const auto share = share_of_batch(rows, accumulate, rank, size);
                        all.insert(all.end(), share.begin(), share.end());
                    }
                    QCOMPARE(all, share_of_batch(rows, rounded, 0, 1));
                    QCOMPARE(all.front().begin, std::size_t{0});
                    QCOMPARE(all.back().end, rows);
                }
    }

    void of_fewer_rows_than_ranks_some_have_none() {
        std::size_t idle = 0;
        for (int rank = 0; rank < 3; ++rank) idle += share_of_batch(2, 1, rank, 3).empty() ? 1 : 0;
        QCOMPARE(idle, std::size_t{1});
    }

    void ranks_that_see_the_same_go_on() {
        const Json claims{{"version", "1"}, {"settings", {{"lr", 0.1}, {"list", {1, 2}}}}};
        refuse_other_claims(claims, claims, "rank 1");
    }

    void the_first_thing_that_a_rank_sees_otherwise_is_named_with_both_values() {
        const Json leaders{{"version", "1"}, {"settings", {{"training", {{"lr", 0.1}}}}}};
        Json own = leaders;
        own["settings"]["training"]["lr"] = 0.2;
        const std::string text =
            refusal([&] { refuse_other_claims(own, leaders, "rank 1 (process 7 on box)"); });
        QCOMPARE(
            text, std::string("settings.training.lr of rank 1 (process 7 on box): found 0.2, expected rank "
                              "0's, 0.1; all ranks must see the same program, settings, data and model"));
    }

    void what_only_one_of_two_ranks_sees_is_named_too() {
        const Json less{{"version", "1"}}, more{{"version", "1"}, {"evaluation", "x"}};
        const std::string missing = refusal([&] { refuse_other_claims(less, more, "rank 1"); });
        QVERIFY2(missing.starts_with("evaluation of rank 1: found nothing"), missing.c_str());
        const std::string beyond = refusal([&] { refuse_other_claims(more, less, "rank 1"); });
        QVERIFY2(beyond.starts_with("evaluation of rank 1: found \"x\""), beyond.c_str());
    }
};

QTEST_APPLESS_MAIN(EnvironmentTest)
#include "environment_test.moc"
