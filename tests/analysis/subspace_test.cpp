// Two updates compared: against dense SVDs (tests/fixtures/laboratory), by laws, and what untrained pairs
// show.

#include "engine/analysis/subspace.h"
#include "tests/analysis/laboratory_fixture.h"
#include "tests/files/scratch.h"

#include <QTest>

using namespace lora;

namespace {

/// As a run starts: A uniform in ±1/√in, B zero.
TargetUpdate untrained(std::int64_t rank, std::uint64_t seed, std::int64_t in = 768, std::int64_t out = 768) {
    at::manual_seed(seed);
    const double bound = 1 / std::sqrt(static_cast<double>(in));
    return {"layer", 16, {.A = at::empty({rank, in}).uniform_(-bound, bound), .B = at::zeros({out, rank})}};
}

TargetUpdate trained(std::int64_t rank, std::uint64_t seed) {
    TargetUpdate target = untrained(rank, seed);
    target.update.B.normal_();
    return target;
}

AdapterComparison of_one(const TargetUpdate& first, const TargetUpdate& second) {
    return compare(Adapter{{first}}, Adapter{{second}});
}

} // namespace

class SubspaceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void similarities_equal_dense_svds_data() { laboratory_cases(); }
    void similarities_equal_dense_svds() {
        QFETCH(QString, name);

        const TargetComparison found = compare(update_in_case(name, 1), update_in_case(name, 2));

        QVERIFY(equals(found.A, in_case(name, "phi_A")));
        QVERIFY(equals(found.inputs, in_case(name, "phi_inputs")));
        QVERIFY(equals(found.outputs, in_case(name, "phi_outputs")));
        QVERIFY(equals(found.cosine, in_case(name, "cosine")));
        QVERIFY(equals(found.shared_inputs, in_case(name, "shared_inputs")));
        QVERIFY(equals(found.shared_outputs, in_case(name, "shared_outputs")));
        QVERIFY(equals(found.row_cosine, in_case(name, "row_cosine")));
    }

    void principal_angles_equal_dense_svds_data() { laboratory_cases(); }
    void principal_angles_equal_dense_svds() {
        QFETCH(QString, name);
        const TargetComparison found = compare(update_in_case(name, 1), update_in_case(name, 2));
        // The arc cosine turns a rounding of 1e-10 at 1 into 1e-3 degrees.
        QVERIFY(largest_difference(at::tensor(found.input_angles, at::kDouble), in_case(name, "input_angles"))
                <= 1e-3);
        QVERIFY(
            largest_difference(at::tensor(found.output_angles, at::kDouble), in_case(name, "output_angles"))
            <= 1e-3);
    }

    void an_update_is_wholly_similar_to_itself() {
        const TargetComparison found = compare(trained(4, 1), trained(4, 1));
        for (std::int64_t i = 1; i <= 4; ++i) QVERIFY(std::abs(found.inputs.at(i, i) - 1) <= 1e-9);
        QVERIFY(std::abs(found.cosine - 1) <= 1e-9);
        QVERIFY(std::abs(found.shared_outputs - 1) <= 1e-9);
    }

    void an_untrained_pair_of_two_seeds_is_at_the_random_level() {
        const TargetComparison found = compare(untrained(8, 1), untrained(64, 2));
        // E φ(8, 64) = 64/768 with a spread of some 0.01.
        QVERIFY(std::abs(found.A.at(8, 64) - random_similarity(8, 64, 768)) <= 0.03);
        QCOMPARE(random_similarity(8, 64, 768), 64.0 / 768);
        QVERIFY(found.A.at(1, 1) <= 0.05);
        QVERIFY(!found.same_start);
        QVERIFY(same_start_in_words(of_one(untrained(8, 1), untrained(64, 2))).empty());
    }

    void an_untrained_pair_of_one_seed_is_told_as_a_trap() {
        const AdapterComparison found = of_one(untrained(8, 1), untrained(64, 1));
        QVERIFY(found.targets[0].A.at(8, 64) >= 0.999);
        QVERIFY(found.targets[0].same_start);
        QVERIFY(contains(same_start_in_words(found), "1 of 1 targets began as the same random A"));
    }

    void the_trap_is_seen_through_training() {
        TargetUpdate first = trained(8, 1), second = trained(8, 1);
        // Each entry moved by as much as it is large.
        const double size = first.update.A.std().item<double>();
        first.update.A.add_(at::randn_like(first.update.A), size);
        QVERIFY(compare(first, second).same_start);
    }

    void an_update_of_zero_has_no_directions_of_its_own() {
        const TargetComparison found = compare(untrained(4, 1), trained(4, 2));
        QCOMPARE(found.inputs, SimilarityMap());
        QCOMPARE(found.outputs, SimilarityMap());
        QCOMPARE(found.A.rows, 4);
        QCOMPARE(found.cosine, 0.0);
    }

    void targets_that_only_one_has_are_listed() {
        TargetUpdate first = trained(4, 1), second = trained(4, 2), wide = untrained(4, 3, 100, 768);
        first.path = "a", second.path = "b", wide.path = "c";
        TargetUpdate narrow = untrained(4, 4, 50, 768);
        narrow.path = "c";
        const AdapterComparison found = compare(Adapter{{first, wide}}, Adapter{{second, narrow}});
        QCOMPARE(found.only_first, std::vector<std::string>{"a"});
        QCOMPARE(found.only_second, std::vector<std::string>{"b"});
        QCOMPARE(found.other_shapes, std::vector<std::string>{"c"});
        QVERIFY(found.targets.empty());
    }

    void whether_two_can_be_added_is_said_data() {
        QTest::addColumn<double>("sign");
        QTest::addColumn<int>("seed");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, double sign, int seed, const char* words) {
            QTest::newRow(name) << sign << seed << QString::fromUtf8(words);
        };
        row("the same update twice", 1, 1, "push the same way");
        row("one against the other", -1, 1, "push against each other");
        row("strangers", 1, 2, "can be added");
    }
    void whether_two_can_be_added_is_said() {
        QFETCH(double, sign);
        QFETCH(int, seed);
        QFETCH(QString, words);
        TargetUpdate second = trained(4, static_cast<std::uint64_t>(seed));
        second.update.scale = sign;
        const std::string told = addition_in_words(of_one(trained(4, 1), second));
        QVERIFY2(contains(told, words.toStdString()), told.c_str());
    }

    void updates_that_meet_in_part_are_told_so() {
        TargetUpdate first = trained(4, 1), second = trained(4, 2);
        second.update.A.slice(0, 0, 2).copy_(first.update.A.slice(0, 0, 2));
        second.update.B.slice(1, 0, 1).copy_(first.update.B.slice(1, 0, 1));
        const std::string told = addition_in_words(of_one(first, second));
        QVERIFY2(contains(told, "meet in part"), told.c_str());
    }

    void a_stop_leaves_out_what_is_not_done() {
        std::stop_source stop;
        stop.request_stop();
        const Adapter adapter{{trained(4, 1)}};
        QVERIFY(compare(adapter, adapter, stop.get_token()).targets.empty());
    }
};

QTEST_GUILESS_MAIN(SubspaceTest)
#include "subspace_test.moc"
