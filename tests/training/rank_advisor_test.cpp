// The loss at smaller ranks, on a tiny model.

#include "engine/adapters/truncate.h"
#include "engine/architectures/catalog.h"
#include "engine/training/rank_advisor.h"
#include "tests/files/scratch.h"
#include "tests/tiny_model.h"

#include <QTest>

using namespace lora;

namespace {

double loss_of(const Model& model, const Samples& examples) {
    Evaluation evaluation(model, examples, 4);
    while (true)
        if (const auto record = evaluation.advance(0)) return record->loss;
}

RankAdvice with_losses(const std::vector<double>& losses) {
    RankAdvice advice;
    const std::vector<std::int64_t> ranks = ranks_to_try(8); // 0 1 2 4 8
    for (std::size_t i = 0; i < losses.size(); ++i)
        advice.points.push_back({.rank = ranks[i], .parameters = 100 * ranks[i], .loss = losses[i]});
    return advice;
}

} // namespace

class RankAdvisorTest : public QObject {
    Q_OBJECT

    Scratch scratch_;
    LoadedModel loaded_ = load_model(tiny::write_model(scratch_.path("model")), "cpu", at::kFloat);
    Dataset data_ = load_dataset(scratch_.write("data.jsonl", tiny::lines(10)), loaded_.tokenizer, 64);

    Adapter adapter() {
        std::vector<std::string> paths;
        for (const auto& linear : loaded_.summary.linears) paths.push_back(linear.path);
        Adapter made = make_adapter(*loaded_.model, paths, {.rank = 8, .alpha = 8}, 1);
        at::manual_seed(4);
        for (auto& target : made.targets) target.update.B.normal_(0, 0.3);
        attach(made, *loaded_.model);
        return made;
    }

private Q_SLOTS:
    void the_loss_at_each_rank_is_that_of_the_truncated_adapter() {
        const Adapter whole = adapter();
        RankAdvisor advisor(whole, *loaded_.model, data_.examples, 4, {});
        std::size_t batches = 0;
        for (; !advisor.is_over(); ++batches) advisor.advance();

        QCOMPARE(batches, advisor.total_batches());
        const RankAdvice& advice = advisor.advice();
        QCOMPARE(advice.points.size(), std::size_t{5}); // 0 1 2 4 8
        for (const AdvicePoint& point : advice.points) {
            if (point.rank == 0)
                detach(*loaded_.model);
            else
                attach(truncate(whole, point.ranks), *loaded_.model);
            QVERIFY(std::abs(loss_of(*loaded_.model, data_.examples) - *point.loss) <= 1e-6);
        }
        QCOMPARE(advice.points.back().kept_energy, 1.0);
        QCOMPARE(advice.points.back().parameters, whole.parameters());
    }

    void the_whole_adapter_is_in_place_between_two_batches() {
        const Adapter whole = adapter();
        const double before = loss_of(*loaded_.model, data_.examples);
        RankAdvisor advisor(whole, *loaded_.model, data_.examples, 4, {.ranks = {1}});
        advisor.advance();
        QVERIFY(!advisor.is_over());
        QCOMPARE(loss_of(*loaded_.model, data_.examples), before);
    }

    void a_spread_budget_costs_no_more_and_keeps_no_less() {
        const Adapter whole = adapter();
        const RankAdvice same = advise(whole, {.ranks = {1, 2, 4}});
        const RankAdvice spread = advise(whole, {.ranks = {1, 2, 4}, .spread = true});
        for (std::size_t i = 0; i < same.points.size(); ++i) {
            QVERIFY(spread.points[i].parameters <= same.points[i].parameters);
            QVERIFY(spread.points[i].kept_energy >= same.points[i].kept_energy - 1e-12);
            QVERIFY(!spread.points[i].loss.has_value());
        }
    }

    void what_is_enough_keeps_99_percent_of_the_fall_data() {
        QTest::addColumn<std::vector<double>>("losses");
        QTest::addColumn<int>("rank");
        QTest::newRow("at once") << std::vector<double>{3, 1, 1, 1, 1} << 1;
        QTest::newRow("98 % is not enough") << std::vector<double>{3, 1.04, 1.01, 1, 1} << 2;
        QTest::newRow("the whole one alone") << std::vector<double>{3, 2.5, 2, 1.5, 1} << 8;
        QTest::newRow("no fall") << std::vector<double>{3, 3, 3, 3, 3} << -1;
        QTest::newRow("worse than the base model") << std::vector<double>{3, 3, 3, 3, 4} << -1;
    }
    void what_is_enough_keeps_99_percent_of_the_fall() {
        QFETCH(std::vector<double>, losses);
        QFETCH(int, rank);
        const RankAdvice advice = with_losses(losses);
        const auto enough = advice.enough();
        QCOMPARE(enough ? static_cast<int>(advice.points[*enough].rank) : -1, rank);
        QVERIFY(
            contains(advice.in_words(), rank < 0 ? "no rank can be advised" : "99 % of what was learned"));
    }

    void where_no_smaller_rank_keeps_the_energy_the_loss_is_to_be_measured() {
        RankAdvice advice;
        advice.points = {{.rank = 0}, {.rank = 4, .kept_energy = 0.9}, {.rank = 8, .kept_energy = 1}};
        QVERIFY(contains(advice.in_words(), "No smaller rank keeps 99 %"));
        advice.points[1].kept_energy = 0.995;
        QVERIFY(contains(advice.in_words(), "Rank 4 keeps 99.5 %"));
    }

    void ranks_to_try_double_up_to_the_whole() {
        QCOMPARE(ranks_to_try(1), (std::vector<std::int64_t>{0, 1}));
        QCOMPARE(ranks_to_try(6), (std::vector<std::int64_t>{0, 1, 2, 4, 6}));
        QCOMPARE(ranks_to_try(8), (std::vector<std::int64_t>{0, 1, 2, 4, 8}));
    }
};

QTEST_GUILESS_MAIN(RankAdvisorTest)
#include "rank_advisor_test.moc"
