// Curves of any length, shown by few points without losing a spike.

#include "ui/plots/curve_pyramid.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>

using namespace lora;

namespace {

CurvePyramid ramp(int count) {
    CurvePyramid curve;
    for (int i = 0; i < count; ++i) curve.add(i, i);
    return curve;
}

bool isInOrder(const std::vector<PlotPoint>& points) {
    return std::is_sorted(
        points.begin(), points.end(), [](const PlotPoint& a, const PlotPoint& b) { return a.x < b.x; });
}

} // namespace

class CurvePyramidTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void the_last_place_is_known_whatever_the_values() {
        CurvePyramid curve;
        QCOMPARE(curve.lastX(), 0.0);
        for (int x = 1; x <= 40; ++x) curve.add(x, x == 3 ? 9 : x == 38 ? -9 : 0);
        QCOMPARE(curve.lastX(), 40.0);
    }

    void few_points_are_all_there() {
        const CurvePyramid curve = ramp(5);
        QCOMPARE(curve.all(5), (std::vector<PlotPoint>{{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}}));
        QVERIFY(CurvePyramid().all(5).empty());
    }

    void a_part_comes_with_its_neighbours() {
        QCOMPARE(ramp(100).between(10, 12, 50),
            (std::vector<PlotPoint>{{9, 9}, {10, 10}, {11, 11}, {12, 12}, {13, 13}}));
        QCOMPARE(ramp(3).between(7, 9, 50), (std::vector<PlotPoint>{{2, 2}}));
        QCOMPARE(ramp(3).between(-9, -7, 50), (std::vector<PlotPoint>{{0, 0}}));
    }

    void many_points_become_few_for_any_length() {
        for (const int count : {1, 2, 3, 7, 8, 9, 1000, 4097, 100'000}) {
            const auto points = ramp(count).all(64);
            QVERIFY2(points.size() <= 2 * 64 + 4, qPrintable(QString::number(count)));
            QVERIFY(isInOrder(points));
            QCOMPARE(points.front(), (PlotPoint{0, 0}));
            QCOMPARE(points.back().x, count - 1.0);
        }
    }

    void no_spike_is_lost() {
        for (const int at : {0, 1, 31'337, 99'998, 99'999}) {
            CurvePyramid curve;
            for (int i = 0; i < 100'000; ++i)
                curve.add(i, i == at ? 50 : i == at / 2 + 7 ? -50 : std::sin(i));
            const auto points = curve.all(100);
            QVERIFY(std::find(points.begin(), points.end(), PlotPoint{double(at), 50}) != points.end());
            QVERIFY(std::find(points.begin(), points.end(), PlotPoint{at / 2 + 7.0, -50}) != points.end());
            QCOMPARE(curve.lowest(), -50.0);
            QCOMPARE(curve.highest(), 50.0);
        }
    }

    void what_is_not_finite_is_left_out() {
        CurvePyramid curve;
        curve.add(1, std::numeric_limits<double>::quiet_NaN());
        curve.add(2, 3);
        curve.add(3, std::numeric_limits<double>::infinity());
        QCOMPARE(curve.size(), 1U);
        QCOMPARE(curve.all(8), (std::vector<PlotPoint>{{2, 3}}));
    }

    void a_million_points_are_taken_and_given_at_once() {
        CurvePyramid curve = ramp(1'000'000);
        QCOMPARE(curve.size(), 1'000'000U);
        QVERIFY(curve.between(250'000, 750'000, 1000).size() <= 2004);
        QVERIFY(curve.between(500'000, 500'010, 1000).size() == 13);
    }
};

QTEST_GUILESS_MAIN(CurvePyramidTest)
#include "curve_pyramid_test.moc"
