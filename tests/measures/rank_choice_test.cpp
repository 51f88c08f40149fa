// Smaller ranks chosen from spectra: by one rank, by energy, by a budget.

#include "engine/measures/rank_choice.h"

#include <QTest>
#include <cmath>

using namespace lora;

namespace {

using Ranks = std::vector<std::int64_t>;

/// σ² of 16, 4, 1 at 10 parameters a unit and of 9, 9 at 30, and a target that was never trained.
std::vector<RankCandidate> three_targets() {
    return {{"a", {4, 2, 1}, 10}, {"b", {3, 3}, 30}, {"c", {0, 0}, 5}};
}

} // namespace

class RankChoiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void one_rank_for_all_stops_at_each_targets_own() {
        QCOMPARE(ranks_up_to(three_targets(), 1), (Ranks{1, 1, 1}));
        QCOMPARE(ranks_up_to(three_targets(), 3), (Ranks{3, 2, 2}));
    }

    void a_share_of_the_energy_is_met_by_each_target_data() {
        QTest::addColumn<double>("share");
        QTest::addColumn<std::vector<std::int64_t>>("ranks");
        QTest::newRow("16 of 21 is enough") << 0.75 << Ranks{1, 2, 0};
        QTest::newRow("20 of 21 is enough") << 0.95 << Ranks{2, 2, 0};
        QTest::newRow("half of two equal ones is met exactly") << 0.5 << Ranks{1, 1, 0};
        QTest::newRow("all") << 1.0 << Ranks{3, 2, 0};
    }
    void a_share_of_the_energy_is_met_by_each_target() {
        QFETCH(double, share);
        QFETCH(std::vector<std::int64_t>, ranks);
        QCOMPARE(ranks_for_energy(three_targets(), share), ranks);
    }

    void a_budget_goes_to_the_most_energy_a_parameter_data() {
        QTest::addColumn<qlonglong>("parameters");
        QTest::addColumn<std::vector<std::int64_t>>("ranks");
        // σ² / cost: 1.6, 0.4, 0.1 for a; 0.3, 0.3 for b; nothing for c.
        QTest::newRow("nothing") << 9LL << Ranks{0, 0, 0};
        QTest::newRow("the best") << 10LL << Ranks{1, 0, 0};
        QTest::newRow("the two best") << 20LL << Ranks{2, 0, 0};
        QTest::newRow("the third does not fit, the fourth of another target does") << 35LL << Ranks{3, 0, 0};
        QTest::newRow("three") << 50LL << Ranks{2, 1, 0};
        QTest::newRow("all that has energy") << 1000LL << Ranks{3, 2, 0};
    }
    void a_budget_goes_to_the_most_energy_a_parameter() {
        QFETCH(qlonglong, parameters);
        QFETCH(std::vector<std::int64_t>, ranks);
        const Ranks found = ranks_for_budget(three_targets(), parameters);
        QCOMPARE(found, ranks);
        QVERIFY(parameters_of(three_targets(), found) <= parameters);
    }

    void a_spread_budget_keeps_at_least_as_much_as_one_rank_for_all() {
        std::vector<RankCandidate> candidates;
        for (int i = 1; i <= 20; ++i) {
            RankCandidate candidate{std::to_string(i), {}, 100};
            for (int k = 0; k < 16; ++k) candidate.singular_values.push_back(i * std::exp(-k * 0.05 * i));
            candidates.push_back(candidate);
        }
        for (const std::int64_t rank : {1, 2, 4, 8}) {
            const Ranks same = ranks_up_to(candidates, rank);
            const Ranks spread = ranks_for_budget(candidates, parameters_of(candidates, same));
            QVERIFY(kept_energy(candidates, spread) >= kept_energy(candidates, same));
        }
    }

    void kept_energy_is_the_share_of_squares() {
        QCOMPARE(kept_energy({4, 2, 1}, 0), 0.0);
        QCOMPARE(kept_energy({4, 2, 1}, 1), 16.0 / 21);
        QCOMPARE(kept_energy({4, 2, 1}, 9), 1.0);
        QCOMPARE(kept_energy({0, 0}, 1), 1.0);
        QCOMPARE(kept_energy(three_targets(), {1, 1, 0}), 25.0 / 39);
    }

    void tiny_values_do_not_vanish() {
        const std::vector<RankCandidate> candidates{{"a", {2e-200, 1e-200}, 10}, {"b", {1e-200}, 10}};
        QCOMPARE(ranks_for_budget(candidates, 10), (Ranks{1, 0}));
        QCOMPARE(kept_energy(candidates, {1, 0}), 4.0 / 6);
    }
};

QTEST_GUILESS_MAIN(RankChoiceTest)
#include "rank_choice_test.moc"
