// What "Export plot" writes as CSV: each plot's numbers, each under its own title.
#include "ui/plots/heat_map.h"
#include "ui/plots/loss_plot.h"
#include "ui/plots/spectrum_plot.h"
#include "ui/runs/run_overlay.h"

#include <QSlider>
#include <QtTest>

using namespace lora;
using namespace Qt::StringLiterals;

namespace {

const std::string first = "model.layers.0.self_attn.q_proj";
const std::string second = "model.layers.1.self_attn.v_proj";

Spectrum spectrum_of(const std::string& path, std::vector<double> values) {
    const RankMeasures measures = rank_measures(values);
    return {path, std::move(values), measures};
}

SpectraHistory two_steps() {
    SpectraHistory history;
    auto start = std::make_shared<SpectraOfStep>();
    start->spectra = {spectrum_of(first, {0, 0}), spectrum_of(second, {0})};
    history.add(start);
    auto later = std::make_shared<SpectraOfStep>();
    later->step = 10;
    later->spectra = {spectrum_of(first, {3, 3}), spectrum_of(second, {2})};
    later->spectra[0].measures.relative_norm = 0.25;
    later->spectra[0].measures.rank = 7;
    history.add(later);
    return history;
}

LayerGrid two_layers() {
    return LayerGrid({{first, 0, "q_proj", "self_attn", 8, 8}, {second, 1, "v_proj", "self_attn", 8, 8}});
}

/// The cell under this title; fails where the row is not as long as the header.
QString under(const Table& table, std::size_t row, const QString& title) {
    const auto column = table.header.indexOf(title);
    if (column < 0 || table.rows.at(row).size() != table.header.size()) return u"no such cell"_s;
    return table.rows[row][column];
}

StepRecord step_of(std::int64_t step, double loss) {
    StepRecord record;
    record.step = step;
    record.loss = loss;
    record.lr = 0.5;
    record.tokens = 100 * step;
    return record;
}

} // namespace

class PlotTablesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void a_map_writes_each_measure_under_its_own_title() {
        HeatMap map;
        map.setGrid(two_layers());
        map.setHistory(two_steps());

        const Table table = map.table();

        QCOMPARE(table.rows.size(), 2U);
        QCOMPARE(under(table, 0, u"path"_s), QString::fromStdString(first));
        QCOMPARE(under(table, 1, u"layer"_s), u"1"_s);
        QCOMPARE(under(table, 0, u"step"_s), u"10"_s);
        QCOMPARE(under(table, 0, u"stable_rank"_s), u"2"_s);
        QCOMPARE(under(table, 0, u"rank_99"_s), u"2"_s);
        QCOMPARE(under(table, 0, u"rank"_s), u"7"_s);
        QCOMPARE(under(table, 1, u"frobenius"_s), u"2"_s);
        QCOMPARE(under(table, 0, u"relative_norm"_s), u"0.25"_s);
        QCOMPARE(under(table, 1, u"relative_norm"_s), QString()); // not known
    }

    void a_map_writes_the_step_that_is_shown_and_nothing_for_what_is_undefined() {
        HeatMap map;
        map.setGrid(two_layers());
        map.setHistory(two_steps());
        map.findChild<QSlider*>(u"heatStep"_s)->setValue(0);

        QCOMPARE(under(map.table(), 0, u"step"_s), u"0"_s);
        QCOMPARE(under(map.table(), 0, u"frobenius"_s), u"0"_s);
        QCOMPARE(under(map.table(), 0, u"effective_rank"_s), QString());
    }

    void a_spectrum_writes_every_step_of_the_linears_that_are_drawn() {
        SpectrumPlot plot;
        plot.setHistory(two_steps());
        plot.select(first);
        QCOMPARE(plot.table().header, (QStringList{u"path"_s, u"step"_s, u"index"_s, u"singular_value"_s}));
        QCOMPARE(plot.table().rows.size(), 4U); // two values at two steps
        QCOMPARE(under(plot.table(), 3, u"index"_s), u"2"_s);
        QCOMPARE(under(plot.table(), 3, u"singular_value"_s), u"3"_s);

        plot.toggle(second);

        QCOMPARE(plot.table().rows.size(), 6U);
        QCOMPARE(under(plot.table(), 5, u"path"_s), QString::fromStdString(second));
        QCOMPARE(under(plot.table(), 5, u"step"_s), u"10"_s);
    }

    void a_loss_writes_steps_and_the_evaluations_between_them() {
        LossPlot plot;
        plot.add({step_of(1, 4), step_of(2, 1)});
        EvaluationRecord before, after;
        before.loss = 5;
        after.step = 2;
        after.loss = 0.5;
        after.accuracy = 0.75;
        plot.add(before);
        plot.add(after);

        const Table table = plot.table();

        QCOMPARE(table.rows.size(), 3U);
        QCOMPARE(under(table, 0, u"step"_s), u"0"_s);
        QCOMPARE(under(table, 0, u"loss"_s), QString());
        QCOMPARE(under(table, 0, u"evaluation_loss"_s), u"5"_s);
        QCOMPARE(under(table, 1, u"loss"_s), u"4"_s);
        QCOMPARE(under(table, 1, u"evaluation_loss"_s), QString());
        QCOMPARE(under(table, 2, u"lr"_s), u"0.5"_s);
        QCOMPARE(under(table, 2, u"tokens"_s), u"200"_s);
        QCOMPARE(under(table, 2, u"accuracy"_s), u"0.75"_s);
    }

    void evaluations_between_steps_stay_in_the_steps_order() {
        LossPlot plot;
        plot.add({step_of(5, 4), step_of(6, 3)});
        for (const std::int64_t step : {0, 3, 8}) {
            EvaluationRecord evaluation;
            evaluation.step = step;
            plot.add(evaluation);
        }
        QStringList steps;
        for (const QStringList& row : plot.table().rows) steps << row.front();
        QCOMPARE(steps, (QStringList{u"0"_s, u"3"_s, u"5"_s, u"6"_s, u"8"_s}));
    }

    void an_overlay_writes_the_shown_curve_of_each_run() {
        auto one = std::make_shared<RunRecord>();
        one->steps = {step_of(1, 4), step_of(2, 1)};
        one->spectra = two_steps().all();
        auto other = std::make_shared<RunRecord>();
        other->steps = {step_of(1, 8)};
        RunOverlay overlay;
        overlay.setRuns({{u"one"_s, Qt::red, one}, {u"other"_s, Qt::blue, other}});

        QCOMPARE(overlay.table().header, (QStringList{u"run"_s, u"step"_s, u"train/loss"_s}));
        QCOMPARE(overlay.table().rows.size(), 3U);
        QCOMPARE(under(overlay.table(), 2, u"run"_s), u"other"_s);
        QCOMPARE(under(overlay.table(), 2, u"train/loss"_s), u"8"_s);

        overlay.setCurveName(u"update/rank_99"_s);

        QCOMPARE(overlay.table().rows.size(), 1U);                          // at step 0 it is undefined
        QCOMPARE(under(overlay.table(), 0, u"update/rank_99"_s), u"1.5"_s); // of 2 and 1
    }
};

QTEST_MAIN(PlotTablesTest)
#include "plot_tables_test.moc"
