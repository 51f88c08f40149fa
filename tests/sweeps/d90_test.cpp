// The smallest number of parameters that reaches nine tenths of the baseline, on curves whose answer is
// known.

#include "engine/sweeps/d90.h"

#include <QTest>
#include <cmath>

using namespace lora;

class D90Test : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_curve_that_is_a_line_over_log_d_is_crossed_exactly() {
        // score = 0.5 + 0.1 · log10 d; full fine-tuning 0.95 asks for 0.855, which is at d = 10^3.55.
        std::vector<std::pair<double, double>> scores;
        for (const double d : {10.0, 100.0, 1000.0, 10000.0})
            scores.emplace_back(d, 0.5 + 0.1 * std::log10(d));
        const D90 found = d90(scores, 0.95);
        QCOMPARE(found.threshold, 0.9 * 0.95);
        QCOMPARE(found.measured, std::optional(10000.0));
        QVERIFY(std::abs(*found.interpolated / std::pow(10.0, 3.55) - 1) < 1e-9);
    }

    void the_order_of_the_points_does_not_count() {
        const D90 found = d90({{1000, 0.95}, {10, 0.5}, {100, 0.85}}, 1.0);
        QCOMPARE(found, d90({{10, 0.5}, {100, 0.85}, {1000, 0.95}}, 1.0));
        QVERIFY(std::abs(*found.interpolated - std::pow(10.0, 2.5)) < 1e-9); // 0.9 is halfway
    }

    void a_point_on_the_threshold_reaches_it() {
        const D90 found = d90({{10, 0.6}, {100, 0.9}, {1000, 0.99}}, 1.0);
        QCOMPARE(found.measured, std::optional(100.0));
        QVERIFY(std::abs(*found.interpolated - 100.0) < 1e-9);
    }

    void of_a_curve_that_falls_again_the_first_crossing_counts() {
        QCOMPARE(
            d90({{10, 0.6}, {100, 0.92}, {1000, 0.8}, {10000, 0.95}}, 1.0).measured, std::optional(100.0));
    }

    void where_the_smallest_d_reaches_it_nothing_is_interpolated() {
        QCOMPARE(d90({{10, 0.95}, {100, 0.97}}, 1.0), (D90{0.9, 10.0, std::nullopt}));
    }

    void where_nothing_reaches_it_there_is_no_answer() {
        QCOMPARE(d90({{10, 0.5}, {100, 0.6}}, 1.0), (D90{0.9, std::nullopt, std::nullopt}));
        QCOMPARE(d90({}, 1.0), (D90{0.9, std::nullopt, std::nullopt}));
    }
};

QTEST_GUILESS_MAIN(D90Test)
#include "d90_test.moc"
