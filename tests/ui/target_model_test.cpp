// The grid of linears as an item model.

#include "tests/ui/fake_work.h"
#include "ui/setup/target_model.h"

#include <QAbstractItemModelTester>
#include <QtTest>

using namespace lora;
using namespace Qt::StringLiterals;

class TargetModelTest : public QObject {
    Q_OBJECT

    static LayerGrid smollm2() { return LayerGrid(smollm2_summary().linears); }

private Q_SLOTS:
    void it_keeps_the_rules_of_item_models_while_grids_change() {
        TargetModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);

        model.setGrid(smollm2());
        QCOMPARE(model.rowCount(), 30);
        QCOMPARE(model.columnCount(), 7);
        model.setTicked({"model.layers.3.self_attn.q_proj"});
        model.setGrid(LayerGrid());

        QCOMPARE(model.rowCount(), 0);
        QVERIFY(model.ticked().empty());
    }

    void a_cell_ticks_its_linear_and_shows_its_shape() {
        TargetModel model;
        model.setGrid(smollm2());
        const QModelIndex down_of_block_4 = model.index(4, 6);

        QVERIFY(model.setData(down_of_block_4, Qt::Checked, Qt::CheckStateRole));

        QCOMPARE(model.ticked(), std::vector<std::string>{"model.layers.4.mlp.down_proj"});
        const QString tip = model.data(down_of_block_4, Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(u"model.layers.4.mlp.down_proj"_s), qPrintable(tip));
        QVERIFY2(tip.contains(u"1536"_s) || tip.contains(u"1,536"_s), qPrintable(tip));
    }

    void a_row_or_a_column_toggles_as_one() {
        TargetModel model;
        model.setGrid(smollm2());

        model.toggleRow(2);
        QCOMPARE(model.ticked().size(), 7U);
        model.toggleColumn(0);
        QCOMPARE(model.ticked().size(), 7U + 29U);
        model.toggleColumn(0);
        QCOMPARE(model.ticked().size(), 6U);
    }

    void paths_of_another_model_are_left_out() {
        TargetModel model;
        model.setGrid(smollm2());

        model.setTicked({"model.layers.0.self_attn.v_proj", "model.layers.77.self_attn.v_proj", "bert.x"});

        QCOMPARE(model.ticked(), std::vector<std::string>{"model.layers.0.self_attn.v_proj"});
    }
};

QTEST_GUILESS_MAIN(TargetModelTest)
#include "target_model_test.moc"
