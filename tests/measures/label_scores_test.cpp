// Scores of several labels and of numbers, against scikit-learn's and SciPy's.

#include "engine/files/json.h"
#include "engine/measures/label_scores.h"

#include <QTest>
#include <cmath>

using namespace lora;

namespace {

Json expected(const char* part) { return read_json(FIXTURES "/labels/scores.json").at(part); }

void compare(const std::vector<Score>& scores, const Json& wanted) {
    for (const Score& score : scores)
        QVERIFY2(std::abs(score.value - wanted.at(score.name).get<double>()) < 1e-9, score.name.c_str());
}

} // namespace

class LabelScoresTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void several_labels_have_scikit_learns_scores_also_where_they_are_added_up_in_parts() {
        const Json wanted = expected("several");
        const auto scores = wanted.at("scores").get<std::vector<std::vector<float>>>();
        const auto labels = wanted.at("labels").get<std::vector<std::vector<float>>>();
        LabelCounts whole(5), first(5), second(5);
        for (std::size_t i = 0; i < scores.size(); ++i) {
            whole.add(scores[i], labels[i]);
            (i % 3 == 0 ? first : second).add(scores[i], labels[i]);
        }
        QCOMPARE(whole.scores().size(), std::size_t{3});
        compare(whole.scores(), wanted);
        std::vector<double> sums = first.numbers();
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += second.numbers()[i];
        second.take_numbers(sums);
        QVERIFY(second.scores() == whole.scores());
    }

    void numbers_have_scipys_correlations_with_ties() {
        const Json wanted = expected("numbers");
        const auto scores = number_scores(
            wanted.at("said").get<std::vector<double>>(), wanted.at("right").get<std::vector<double>>(), 1);
        QCOMPARE(scores.size(), std::size_t{3});
        compare(scores, wanted);
    }

    void what_does_not_vary_has_no_correlation() {
        const std::vector<double> said{1, 2, 3}, right{2, 2, 2};
        QVERIFY(number_scores(said, right, 1) == (std::vector<Score>{{"mse", 2.0 / 3}}));
        const std::vector<double> two_said{1, 0, 2, 5}, two_right{2, 0, 4, 5};
        QCOMPARE(number_scores(two_said, two_right, 2).size(), std::size_t{3});
    }
};

QTEST_GUILESS_MAIN(LabelScoresTest)
#include "label_scores_test.moc"
