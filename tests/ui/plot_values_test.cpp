// What the plots draw, as plain values: no widget is needed.
#include "tests/ui/fake_work.h"
#include "ui/elements/quantities.h"
#include "ui/plots/heat_map_data.h"
#include "ui/plots/log_axis.h"
#include "ui/plots/loss_curve.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/spectra_history.h"

#include <QtTest>
#include <cmath>

using namespace lora;
using namespace Qt::StringLiterals;

static StepRecord step_with(std::int64_t step, double loss) {
    StepRecord record;
    record.step = step;
    record.loss = loss;
    return record;
}

static std::shared_ptr<const SpectraOfStep> spectra_at(
    std::int64_t step, const std::string& path, std::vector<double> values) {
    auto made = std::make_shared<SpectraOfStep>();
    made->step = step;
    const RankMeasures measures = rank_measures(values);
    made->spectra.push_back({path, std::move(values), measures});
    return made;
}

class PlotValuesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void the_smoothed_loss_starts_at_the_first_loss() {
        LossCurve curve;
        curve.setSmoothing(0.5);
        curve.add(step_with(1, 4));
        curve.add(step_with(2, 1));

        QCOMPARE(curve.smoothed().at(0), 4.0);
        QCOMPARE(curve.smoothed().at(1), 2.0); // (0.25 · 4 + 0.5 · 1) / 0.75
    }

    void another_weight_smooths_every_step_anew() {
        LossCurve curve;
        for (int step = 1; step <= 100; ++step) curve.add(step_with(step, step % 2 ? 1.0 : 3.0));

        curve.setSmoothing(0);

        QCOMPARE(curve.smoothed().size(), 100U);
        QCOMPARE(curve.smoothed().back(), 3.0);
    }

    void the_nearest_step_is_found() {
        LossCurve curve;
        QCOMPARE(curve.nearest(1), -1);
        for (int step = 10; step <= 30; step += 10) curve.add(step_with(step, 1));
        QCOMPARE(curve.nearest(-5), 0);
        QCOMPARE(curve.nearest(16), 1);
        QCOMPARE(curve.nearest(1e9), 2);
    }

    void a_measure_that_is_undefined_leaves_its_cell_empty_but_adapted() {
        const LayerGrid grid(smollm2_summary().linears);
        const std::string path = "model.layers.5.self_attn.q_proj";

        const HeatMapData zero(grid, *spectra_at(1, path, {0, 0}), measure("effective_rank"));
        const HeatMapData two(grid, *spectra_at(1, path, {1, 1}), measure("effective_rank"));

        QVERIFY(zero.isAdapted(5, 0));
        QVERIFY(!zero.at(5, 0));
        QVERIFY(std::abs(two.at(5, 0).value() - 2) < 1e-12);
        QVERIFY(!two.isAdapted(6, 0));
    }

    void a_history_tells_one_linear_over_its_steps() {
        SpectraHistory history;
        history.add(spectra_at(0, "a", {0}));
        history.add(spectra_at(10, "a", {2}));
        history.add(spectra_at(10, "a", {3}));

        const std::vector<SpectrumAt> all = history.of("a");

        QCOMPARE(all.size(), 2U);
        QCOMPARE(all.back().spectrum->singular_values.front(), 3.0);
        QVERIFY(history.of("b").empty());
    }

    void a_long_history_keeps_its_course_in_bounded_memory() {
        SpectraHistory history;
        for (int step = 0; step <= 5000; ++step) history.add(spectra_at(step, "a", {1.0 + step}));

        QVERIFY(history.all().size() <= SpectraHistory::mostSteps);
        QVERIFY(history.all().size() > SpectraHistory::mostSteps / 4);
        QCOMPARE(history.all().front()->step, 0);
        QCOMPARE(history.latest()->step, 5000);
    }

    void a_maps_colours_mean_the_same_at_every_step() {
        const std::vector<std::shared_ptr<const SpectraOfStep>> steps{
            spectra_at(0, "a", {0, 0}), spectra_at(1, "a", {1, 1}), spectra_at(2, "a", {3, 0})};
        const auto [low, high] = rangeOver(steps, measure("effective_rank"));
        QVERIFY(std::abs(low - 1) < 1e-12);
        QVERIFY(std::abs(high - 2) < 1e-12);
        QCOMPARE(rangeOver({steps.front()}, measure("effective_rank")), std::pair(0.0, 1.0));
    }

    void curves_of_a_long_history_are_spread_over_it() {
        QCOMPARE(spread(3, 10), (std::vector<std::size_t>{0, 1, 2}));
        const std::vector<std::size_t> few = spread(1000, 5);
        QCOMPARE(few.size(), 5U);
        QCOMPARE(few.front(), 0U);
        QCOMPARE(few.back(), 999U);
    }

    void a_logarithmic_axis_has_ticks_that_can_be_told_apart() {
        QCOMPARE(logTicks(0.8, 70, 7), (std::vector<double>{1, 2, 5, 10, 20, 50}));
        QCOMPARE(logTicks(0.035, 1.2, 3), (std::vector<double>{0.1, 3 * 0.1, 1})); // a low plot
        QCOMPARE(logTicks(0.025, 1.7, 3), (std::vector<double>{0.1, 1})); // 0.03 would be one too many
        QCOMPARE(logTicks(0.5, 3000, 7), (std::vector<double>{1, 10, 100, 1000}));
        const std::vector<double> wide = logTicks(1e-12, 1, 7);
        QCOMPARE(wide.size(), 7U); // every second power
        QCOMPARE(wide.front(), 1e-12);
        QCOMPARE(logTicks(1.5, 1.9, 7), std::vector<double>()); // evenly spaced ones serve better
        QCOMPARE(logTicks(0, 1, 7), std::vector<double>());
        QCOMPARE(logTicks(2, 2, 7), std::vector<double>());
    }

    void names_are_told_apart_by_what_differs() {
        QCOMPARE(withoutCommonBeginning({u"11-27 e2e qv r64"_s, u"11-27 e2e all r16"_s}),
            (QStringList{u"qv r64"_s, u"all r16"_s}));
        QCOMPARE(withoutCommonBeginning({u"run one"_s, u"run only"_s}), (QStringList{u"one"_s, u"only"_s}));
        QCOMPARE(withoutCommonBeginning({u"run"_s, u"run "_s}), (QStringList{u"run"_s, u"run "_s}));
        QCOMPARE(withoutCommonBeginning({u"11-27 alone"_s}), (QStringList{u"11-27 alone"_s}));
    }

    void a_table_is_quoted_where_it_has_to_be() {
        const Table table{{u"path"_s, u"value"_s}, {{u"a,\"b\""_s, cell(0.1)}, {u"c"_s, cell(std::nullopt)}}};
        const QStringList lines = toCsv(table).split(u'\n');
        QCOMPARE(lines.at(1).trimmed(), u"\"a,\"\"b\"\"\",0.1"_s);
        QCOMPARE(lines.at(2).trimmed(), u"c,"_s);
    }
};

QTEST_GUILESS_MAIN(PlotValuesTest)
#include "plot_values_test.moc"
