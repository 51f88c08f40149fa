// What an adapter costs, beside PEFT's counts.

#include "engine/targets/savings.h"
#include "engine/targets/targets.h"
#include "tests/smollm2_shapes.h"

#include <QTest>

using namespace lora;

class SavingsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void counts_of_smollm2_equal_pefts_data() {
        QTest::addColumn<QString>("targets");
        QTest::addColumn<qlonglong>("trainable");
        QTest::newRow("query and value") << "attention-qv" << 460'800LL;
        QTest::newRow("all linears") << "all-linear" << 2'442'240LL;
    }
    void counts_of_smollm2_equal_pefts() {
        QFETCH(QString, targets);
        const ModelSummary model = smollm2();
        const auto paths = select_targets(model.linears, {targets.toStdString(), ""});
        QTEST(static_cast<qlonglong>(count_savings(model, paths, 8).trainable), "trainable");
    }

    void sizes_follow_from_the_counts() {
        ModelSummary model;
        model.parameters = 1000;
        model.linears = {{"a", 0, "a", "", 3, 5}, {"b", 0, "b", "", 7, 11}};
        const Savings savings = count_savings(model, {"a"}, 2);
        QCOMPARE(savings.trainable, 16); // 2 · (3 + 5)
        QCOMPARE(savings.share, 0.016);
        QCOMPARE(savings.adapter_bytes, 64);
        QCOMPARE(savings.optimizer_bytes, 128);
        QCOMPARE(savings.training_bytes, 256);
        QCOMPARE(savings.full_training_bytes, 16'000);
    }

    void paths_that_are_not_there_or_come_twice_add_nothing() {
        ModelSummary model;
        model.linears = {{"a", 0, "a", "", 3, 5}};
        QCOMPARE(count_savings(model, {"a", "a", "b"}, 1).trainable, 8);
        QCOMPARE(count_savings(model, {}, 1).trainable, 0);
        QCOMPARE(count_savings(model, {"a"}, 1).share, 0.0);
    }

    void a_classifiers_head_counts_with_weight_and_bias() {
        ModelSummary model;
        model.hidden_size = 384;
        model.linears = {{"a", 0, "a", "", 384, 384}};
        QCOMPARE(count_savings(model, {"a"}, 8, 2).trainable, 8 * 768 + 770);
    }

    void a_target_with_a_rank_of_its_own_is_counted_with_it() {
        ModelSummary model;
        model.linears = {{"a", 0, "a", "", 3, 5}, {"b", 0, "b", "", 3, 5}};
        LoraSettings settings;
        settings.rank = 2;
        settings.rank_pattern = {{"b", 7}};
        QCOMPARE(count_savings(model, {"a", "b"}, settings).trainable, 2 * 8 + 7 * 8);
    }
};

QTEST_GUILESS_MAIN(SavingsTest)
#include "savings_test.moc"
