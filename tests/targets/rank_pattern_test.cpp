// Ranks of single linears: which key counts, and ranks within a budget.

#include "engine/error.h"
#include "engine/targets/rank_pattern.h"

#include <QTest>
#include <cmath>
#include <limits>

using namespace lora;

namespace {

/// Targets a, b, c … of one shape, 10 parameters a rank, ranks up to 5.
std::vector<RankNeed> targets(const std::vector<double>& needs) {
    std::vector<RankNeed> all;
    for (std::size_t i = 0; i < needs.size(); ++i)
        all.push_back({std::string(1, static_cast<char>('a' + i)), 5, 5, needs[i]});
    return all;
}

} // namespace

class RankPatternTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void the_longest_key_that_ends_a_path_counts() {
        LoraSettings settings;
        settings.rank = 8;
        settings.rank_pattern = {{"q_proj", 4}, {"layers.1.self_attn.q_proj", 2}, {"proj", 1}};
        settings.alpha_pattern = {{"q_proj", 3}};
        QCOMPARE(rank_of(settings, "model.layers.0.self_attn.q_proj"), 4);
        QCOMPARE(rank_of(settings, "model.layers.1.self_attn.q_proj"), 2);
        QCOMPARE(rank_of(settings, "layers.1.self_attn.q_proj"), 2);
        QCOMPARE(rank_of(settings, "model.layers.0.self_attn.v_proj"), 8);
        QCOMPARE(alpha_of(settings, "model.layers.0.self_attn.q_proj"), 3.0);
        QCOMPARE(alpha_of(settings, "model.layers.0.self_attn.v_proj"), settings.alpha);
    }

    void an_options_words_come_back() {
        const RankPattern pattern{{"layers.0.q", 4}, {"v", 16}};
        QCOMPARE(pattern_text(pattern), std::string("layers.0.q=4,v=16"));
        QCOMPARE(rank_pattern(pattern_text(pattern), "--rank-pattern"), pattern);
        QCOMPARE(alpha_pattern("v=0.5", "--alpha-pattern"), (AlphaPattern{{"v", 0.5}}));
        QVERIFY(rank_pattern("", "--rank-pattern").empty());
    }

    void words_that_say_nothing_are_refused_data() {
        QTest::addColumn<QString>("words");
        for (const char* words : {"q", "q=", "=4", "q=four", "q=4x", "q=4,,v=2", "q=99999999999999999999"})
            QTest::newRow(words) << QString::fromLatin1(words);
    }
    void words_that_say_nothing_are_refused() {
        QFETCH(QString, words);
        QVERIFY_THROWS_EXCEPTION(Error, rank_pattern(words.toStdString(), "--rank-pattern"));
    }

    void ranks_follow_the_needs_within_the_budget_data() {
        QTest::addColumn<QList<double>>("needs");
        QTest::addColumn<qint64>("budget");
        QTest::addColumn<QList<qint64>>("ranks");
        using Ds = QList<double>;
        using Is = QList<qint64>;
        QTest::newRow("in proportion") << Ds{1, 2, 3} << qint64(60) << Is{1, 2, 3};
        QTest::newRow("twice as much") << Ds{1, 2, 1} << qint64(80) << Is{2, 4, 2};
        QTest::newRow("the largest take all they can") << Ds{1, 9, 9} << qint64(120) << Is{2, 5, 5};
        QTest::newRow("the least everywhere") << Ds{1, 9} << qint64(20) << Is{1, 1};
        QTest::newRow("zero keeps the least") << Ds{0, 2} << qint64(50) << Is{1, 4};
        QTest::newRow("more than there is") << Ds{1, 2} << qint64(1000) << Is{5, 5};
        QTest::newRow("what is left over is given") << Ds{1.5, 1.5} << qint64(30) << Is{1, 2};
        QTest::newRow("undefined") << Ds{std::nan(""), 1} << qint64(30) << Is{1, 2};
        QTest::newRow("nothing to share") << Ds{} << qint64(0) << Is{};
    }
    void ranks_follow_the_needs_within_the_budget() {
        QFETCH(QList<double>, needs);
        QFETCH(qint64, budget);
        QFETCH(QList<qint64>, ranks);
        const auto all = targets({needs.begin(), needs.end()});
        const RankPattern pattern = ranks_within(all, budget);
        QVERIFY(parameters_of(all, pattern) <= budget);
        QList<qint64> found;
        for (const auto& [path, rank] : pattern) found << rank;
        QCOMPARE(found, ranks);
    }

    void a_budget_below_rank_one_is_refused() {
        QVERIFY_THROWS_EXCEPTION(Error, ranks_within(targets({1, 1}), 19));
    }

    void the_scale_stays_with_other_ranks() {
        QCOMPARE(alphas_of({{"a", 4}, {"b", 1}}, 2), (AlphaPattern{{"a", 8}, {"b", 2}}));
    }
};

QTEST_GUILESS_MAIN(RankPatternTest)
#include "rank_pattern_test.moc"
