// An update beside its weight, against dense SVDs (tests/fixtures/laboratory) and by laws; and the dense
// decompositions themselves.

#include "engine/analysis/weight_comparison.h"
#include "tests/analysis/laboratory_fixture.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <limits>

using namespace lora;

namespace {

const WeightQuestions everything{.directions = true, .intruders = true};

WeightComparison compared(
    const TargetUpdate& target, const at::Tensor& weight, const WeightQuestions& questions = {}) {
    WeightDecompositions weights;
    return compare_with_weight(target, weight, questions, weights);
}

} // namespace

class WeightComparisonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { at::manual_seed(3); }

    void amplification_equals_dense_svds_data() { laboratory_cases(); }
    void amplification_equals_dense_svds() {
        QFETCH(QString, name);
        const at::Tensor weight = in_case(name, "W");

        const WeightComparison found = compared(update_in_case(name, 1), weight, everything);

        QVERIFY(equals(found.weight_norm, in_case(name, "weight_norm")));
        QVERIFY(equals(found.update_norm, in_case(name, "update_norm")));
        QVERIFY(equals(found.relative_norm(), in_case(name, "relative_norm")));
        QVERIFY(equals(found.projected_norm, in_case(name, "projected_norm")));
        QVERIFY(equals(*found.top_norm, in_case(name, "top_norm")));
        QVERIFY(equals(found.inputs, in_case(name, "phi_W_inputs")));
        QVERIFY(equals(found.outputs, in_case(name, "phi_W_outputs")));
        QVERIFY(equals(*found.amplification * found.projected_norm, in_case(name, "update_norm")));
    }

    void intruders_equal_dense_svds_data() { laboratory_cases(); }
    void intruders_equal_dense_svds() {
        QFETCH(QString, name);
        const WeightComparison found = compared(update_in_case(name, 1), in_case(name, "W"), everything);
        const at::Tensor cosines = in_case(name, "best_cosines"), values = in_case(name, "tuned_values");
        std::int64_t below = 0;
        for (std::size_t i = 0; i < found.intruders->directions.size(); ++i) {
            const auto place = static_cast<std::int64_t>(i);
            const TunedDirection& direction = found.intruders->directions[i];
            QVERIFY(
                std::abs(direction.value - values[place].item<double>()) <= 1e-5 * values[0].item<double>());
            // W is kept in float32, and where the update is 1e30 its product fills what lies below.
            if (name == QStringLiteral("huge")) continue;
            QVERIFY(std::abs(direction.best_cosine - cosines[place].item<double>()) <= 1e-5);
            below += cosines[place].item<double>() < 0.5 ? 1 : 0;
            QCOMPARE(direction.intruder, cosines[place].item<double>() < 0.5);
        }
        if (name != QStringLiteral("huge")) QCOMPARE(found.intruders->count, below);
    }

    void a_large_update_brings_intruders_and_a_tiny_one_none() {
        const auto share = [](const char* name) {
            const QString which = QString::fromUtf8(name);
            return compared(update_in_case(which, 1), in_case(which, "W"), everything).intruders->share;
        };
        QVERIFY(share("intruding") > 0.5);
        QCOMPARE(share("tiny"), 0.0);
    }

    void the_random_norm_is_what_random_directions_give() {
        const at::Tensor weight = at::randn({200, 300});
        const TargetUpdate target{"layer", 1, {.A = at::randn({10, 300}), .B = at::randn({200, 10})}};
        const WeightComparison found = compared(target, weight);
        QVERIFY(std::abs(found.random_norm - 10 * found.weight_norm / std::sqrt(200.0 * 300)) <= 1e-9);
        // A spread of a tenth for 100 products.
        QVERIFY(std::abs(found.projected_norm - found.random_norm) <= 0.3 * found.random_norm);
    }

    void an_update_of_zero_has_no_amplification() {
        const TargetUpdate target{"layer", 1, {.A = at::randn({4, 30}), .B = at::zeros({20, 4})}};
        const WeightComparison found = compared(target, at::randn({20, 30}), everything);
        QCOMPARE(found.rank, 0);
        QVERIFY(!found.amplification.has_value());
        QCOMPARE(found.relative_norm(), 0.0);
        QCOMPARE(found.intruders->count, 0);
    }

    void a_weights_decomposition_is_worked_out_once_until_others_push_it_out() {
        WeightDecompositions weights(/*limit_bytes=*/4 * (20 * 20 + 20 + 20 * 30));
        const at::Tensor weight = at::randn({20, 30});
        const auto first = weights.of("a", weight, 5, false);
        QCOMPARE(weights.of("a", weight, 5, false), first);
        weights.of("b", weight, 5, false);
        QVERIFY(weights.of("a", weight, 5, false) != first);
    }

    void a_weight_that_is_not_finite_is_refused() {
        at::Tensor weight = at::randn({20, 30});
        weight[1][2] = std::numeric_limits<float>::quiet_NaN();
        const TargetUpdate target{"layer", 1, {.A = at::randn({4, 30}), .B = at::randn({20, 4})}};
        QVERIFY(contains(message_of<Error>([&] { compared(target, weight); }), "layer.weight"));
    }

    void a_decomposition_multiplies_back_to_its_matrix_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::newRow("tall") << 50 << 20;
        QTest::newRow("wide") << 20 << 50;
    }
    void a_decomposition_multiplies_back_to_its_matrix() {
        QFETCH(int, rows);
        QFETCH(int, columns);
        const at::Tensor matrix = at::randn({rows, columns}, at::kDouble) * 1e20;
        const DenseDecomposition found = decompose(matrix);
        const at::Tensor product = (found.U * found.values).mm(found.V.t());
        QVERIFY(largest_difference(product / 1e20, matrix / 1e20) <= 1e-9);
        const at::Tensor gram = found.U.t().mm(found.U);
        QVERIFY(largest_difference(gram, at::eye(gram.size(0), at::kDouble)) <= 1e-9);
    }

    void the_leading_directions_are_those_of_the_whole_decomposition() {
        const at::Tensor matrix = at::randn({120, 80}) * at::logspace(1, -2, 80);
        const DenseDecomposition whole = decompose(matrix), first = leading(matrix, 6);
        const at::Tensor values = whole.values.slice(0, 0, 6);
        QVERIFY(largest_difference(first.values / values[0], values / values[0]) <= 1e-6);
        const at::Tensor cosines = (first.V * whole.V.slice(1, 0, 6)).sum(0).abs();
        QVERIFY(cosines.min().item<double>() >= 1 - 1e-4);
    }
};

QTEST_GUILESS_MAIN(WeightComparisonTest)
#include "weight_comparison_test.moc"
