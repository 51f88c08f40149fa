// What a sweep's runs tell together: spread over seeds, curves, the table as JSON and CSV.

#include "engine/runs/run_events.h"
#include "engine/sweeps/sweep_plot.h"
#include "engine/sweeps/sweep_ranking.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <cmath>

using namespace lora;

namespace {

/// A finished run of a table.
SweepRow row(std::vector<std::string> values, std::int64_t trainable, double accuracy) {
    SweepRow row{"run", SweepRunState::Finished};
    row.values = std::move(values);
    row.trainable = trainable;
    row.eval_loss = 1 - accuracy;
    row.accuracy = accuracy;
    row.steps_done = row.total_steps = 4;
    return row;
}

/// Ranks 2 and 8 of two seeds beside full fine-tuning.
SweepTable three_lines() {
    SweepTable table{"n", {"method", "lora.rank", "training.seed"}, {}};
    table.rows = {row({"lora", "8", "1"}, 800, 0.80), row({"lora", "8", "2"}, 800, 0.90),
        row({"lora", "2", "1"}, 200, 0.50), row({"full", "8", "1"}, 10000, 0.90)};
    return table;
}

bool near(double a, double b) { return std::abs(a - b) < 1e-12; }

} // namespace

class SweepPlotTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void spread_is_the_samples_standard_deviation() {
        const Spread spread = spread_of({1, 2, 3, 4}); // variance (2.25 + 0.25 + 0.25 + 2.25) / 3
        QCOMPARE(spread.mean, 2.5);
        QVERIFY(near(*spread.deviation, std::sqrt(5.0 / 3)));
        QCOMPARE(spread_of({7}), (Spread{7, std::nullopt, 1}));
    }

    void runs_that_differ_in_the_seed_alone_are_one_point() {
        const SweepPlot plot = sweep_plot(three_lines(), {"", "method", SweepMeasure::Accuracy});
        QCOMPARE(plot.lines.size(), std::size_t{2});
        const SweepLine& lora = plot.lines[0];
        QCOMPARE(lora.name, std::string("lora"));
        QCOMPARE(lora.points.size(), std::size_t{2});
        QCOMPARE(lora.points[0].x, 200.0);
        QCOMPARE(lora.points[1].x, 800.0);
        QVERIFY(near(lora.points[1].value.mean, 0.85));
        QVERIFY(near(*lora.points[1].value.deviation, std::sqrt(0.005)));
        QVERIFY(!plot.best_of_several);
    }

    void d90_is_marked_beside_full_fine_tuning() {
        const SweepPlot plot = sweep_plot(three_lines(), {"", "method", SweepMeasure::Accuracy});
        QVERIFY(near(*plot.baseline, 0.9));
        QVERIFY(near(plot.lines[0].d90->threshold, 0.81));
        QCOMPARE(plot.lines[0].d90->measured, std::optional(800.0));
        QVERIFY(!plot.lines[1].d90); // full fine-tuning itself
        const SweepPlot loss = sweep_plot(three_lines(), {"", "method", SweepMeasure::EvalLoss});
        QVERIFY(!loss.baseline && !loss.lines[0].d90);
    }

    void subspaces_of_two_kinds_are_two_lines() {
        SweepTable table{"n", {"method", "subspace.dimension", "subspace.said"}, {}};
        table.rows = {row({"subspace", "10", "false"}, 10, 0.6), row({"subspace", "10", "true"}, 10, 0.7),
            row({"full", "1000", "false"}, 10000, 0.8)};
        const SweepPlot plot = sweep_plot(table, {"", "method", SweepMeasure::Accuracy});
        QCOMPARE(plot.lines.size(), std::size_t{3});
        QCOMPARE(plot.lines[1].name, std::string("subspace, said=true"));
        QCOMPARE(plot.lines[2].name, std::string("full"));
        QVERIFY(plot.lines[0].d90 && plot.lines[1].d90 && !plot.lines[2].d90);
        QVERIFY(!plot.best_of_several);
    }

    void runs_that_are_not_finished_are_left_out() {
        SweepTable table = three_lines();
        table.rows[2].state = SweepRunState::Failed;
        table.rows[1].state = SweepRunState::Running;
        const SweepPlot plot = sweep_plot(table, {"lora.rank", "method", SweepMeasure::Accuracy});
        QCOMPARE(plot.lines[0].points.size(), std::size_t{1});
        QCOMPARE(plot.lines[0].points[0].value, (Spread{0.80, std::nullopt, 1}));
    }

    void of_several_learning_rates_the_best_stands_and_it_is_said() {
        SweepTable table{"n", {"lora.rank", "training.lr"}, {}};
        table.rows = {row({"4", "0.1"}, 10, 0.6), row({"4", "0.2"}, 10, 0.7), row({"8", "0.1"}, 20, 0.5)};
        const SweepPlot accuracy = sweep_plot(table, {"lora.rank", "", SweepMeasure::Accuracy});
        QCOMPARE(accuracy.lines[0].points[0].value.mean, 0.7);
        QVERIFY(accuracy.best_of_several);
        QVERIFY(near(
            sweep_plot(table, {"lora.rank", "", SweepMeasure::EvalLoss}).lines[0].points[0].value.mean, 0.3));
        QVERIFY(!sweep_plot(table, {"lora.rank", "training.lr", SweepMeasure::Accuracy}).best_of_several);
    }

    void words_along_x_stand_in_the_sweeps_order() {
        SweepTable table{"n", {"lora.selection.targets"}, {}};
        table.rows = {row({"mlp"}, 10, 0.6), row({"attention"}, 10, 0.7)};
        const SweepPlot plot = sweep_plot(table, {"lora.selection.targets", "", SweepMeasure::Accuracy});
        QCOMPARE(plot.words, (std::vector<std::string>{"mlp", "attention"}));
        QCOMPARE(plot.lines[0].points[1].x, 1.0);
        QCOMPARE(plot.lines[0].points[1].value.mean, 0.7);
    }

    void the_usual_question_follows_from_what_varies() {
        QCOMPARE(usual_question(three_lines()), (SweepQuestion{"", "method", SweepMeasure::Accuracy}));
        SweepTable rates{"n", {"training.lr", "training.seed"}, {}};
        rates.rows = {row({"0.1", "1"}, 10, 0.6)};
        rates.rows[0].accuracy.reset();
        QCOMPARE(usual_question(rates), (SweepQuestion{"training.lr", "", SweepMeasure::EvalLoss}));
    }

    void runs_are_ranked_by_the_measure_that_was_chosen() {
        SweepTable table = three_lines(); // accuracies 0.8, 0.9, 0.5, 0.9, and losses the other way round
        table.rows[2].exact_match = 1;
        table.rows[0].exact_match = 0.25;
        const SweepRanking usual = usual_ranking(table);
        QCOMPARE(usual.by, SweepMeasure::Accuracy);
        QCOMPARE(usual.order, (std::vector<std::size_t>{1, 3, 0, 2}));
        QCOMPARE(usual.places(table)[3], std::optional<std::size_t>(1)); // as good as the first
        QCOMPARE(usual.places(table)[0], std::optional<std::size_t>(3));
        const SweepRanking exact = usual_ranking(table, SweepMeasure::ExactMatch);
        QCOMPARE(exact.by, SweepMeasure::ExactMatch);
        QCOMPARE(exact.order, (std::vector<std::size_t>{2, 0}));
        QVERIFY(!exact.places(table)[1]);
        QCOMPARE(ranked(table, SweepMeasure::EvalLoss).order.front(), std::size_t{1});
    }

    void what_no_run_has_ranks_none_and_what_is_unfinished_is_not_ranked() {
        SweepTable table = three_lines();
        QCOMPARE(usual_ranking(table, SweepMeasure::ExactMatch).by, SweepMeasure::Accuracy);
        for (SweepRow& row : table.rows) row.accuracy.reset();
        table.rows[1].state = SweepRunState::Running;
        QCOMPARE(usual_ranking(table).by, SweepMeasure::EvalLoss);
        QCOMPARE(usual_ranking(table).order, (std::vector<std::size_t>{3, 0, 2}));
        QCOMPARE(ranking_measure("exact_match"), std::optional(SweepMeasure::ExactMatch));
        QVERIFY(!ranking_measure("seconds") && !ranking_measure("luck"));
    }

    void the_last_answers_tell_the_exact_matches() {
        const Scratch scratch;
        const AnswersRecord none{0, {{"a", "x", "1"}, {"b", "x", "2"}, {"own", "x"}}};
        const AnswersRecord half{4, {{"a", " 1 ", "1"}, {"b", "x", "2"}, {"own", "x"}}};
        scratch.write("events.jsonl", answers_event(none).dump() + "\n" + answers_event(half).dump() + "\n");
        SweepRow row{"run"};
        update_row(row, scratch.path(""));
        QCOMPARE(row.exact_match, std::optional(0.5));
    }

    void json_tells_rows_and_spread() {
        SweepTable table = three_lines();
        table.rows[3].state = SweepRunState::Failed;
        table.rows[3].why = "step 1: the loss is NaN";
        const Json json = to_json(table);
        QCOMPARE(json["runs"].size(), std::size_t{4});
        QCOMPARE(json["runs"][0]["settings"]["lora.rank"].get<std::string>(), std::string("8"));
        QVERIFY(json["runs"][0]["training_loss"].is_null());
        QCOMPARE(json["runs"][3]["why"].get<std::string>(), table.rows[3].why);
        QCOMPARE(json["spread"].size(), std::size_t{2});
        QCOMPARE(json["spread"][0]["runs"].get<int>(), 2);
        QVERIFY(near(json["spread"][0]["accuracy"]["mean"].get<double>(), 0.85));
        QVERIFY(!json["spread"][0]["settings"].contains("training.seed"));
    }

    void csv_has_a_line_a_run() {
        SweepTable table{
            "n", {"lora.rank"}, {row({"8"}, 800, 0.5), {"b", SweepRunState::Failed, "no, \"never\""}}};
        table.rows[1].values = {"0"};
        QCOMPARE(to_csv(table),
            std::string("run,state,lora.rank,trainable,head,steps,total_steps,eval_loss,best_loss,accuracy,"
                        "best_accuracy,exact_match,training_loss,seconds,why\n"
                        "run,finished,8,800,0,4,4,0.5,,0.5,,,,,\n"
                        "b,failed,0,,0,0,0,,,,,,,,\"no, \"\"never\"\"\"\n"));
    }
};

QTEST_GUILESS_MAIN(SweepPlotTest)
#include "sweep_plot_test.moc"
