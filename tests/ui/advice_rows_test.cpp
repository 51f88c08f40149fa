// Which rows the laboratory asks the loss on, and that its figures say which they are.

#include "ui/elements/number_field.h"
#include "ui/laboratory/advice_values.h"
#include "ui/laboratory/advisor_view.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QtTest>

using namespace lora;
using namespace Qt::StringLiterals;

class AdviceRowsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_loss_is_measured_on_what_the_run_held_out() {
        AdvisorView view;
        std::vector<DataSettings> asked;
        connect(&view, &LaboratoryView::asked, this, [&](const Command& command) {
            asked.push_back(std::get<AdviseRank>(command).data);
            view.endProgress();
        });
        const auto measure = [&] { view.findChild<QPushButton*>(u"ask"_s)->click(); };
        const auto* rows = view.findChild<QLabel*>(u"adviceRows"_s);
        auto* path = view.findChild<QLineEdit*>(u"adviceData"_s);
        view.setUsable(true, {});
        DataSettings run;
        run.train = "/data/rows.jsonl";
        run.eval_split = 0.1;
        run.split_seed = 7;
        run.columns = "question=prompt";

        view.setData(run, 4);
        measure();
        QCOMPARE(asked.back(), run);
        QCOMPARE(rows->text(), u"held-out samples"_s);
        QCOMPARE(view.findChild<NumberField*>(u"adviceSamples"_s)->value().get<int>(), 0); // all of them

        path->setText(u"/data/other.jsonl"_s);
        path->setModified(true); // as by keys
        Q_EMIT path->editingFinished();
        measure();
        QCOMPARE(asked.back().eval, std::string("/data/other.jsonl"));
        QVERIFY(asked.back().train.empty() && asked.back().eval_split == 0);
        QCOMPARE(asked.back().columns, run.columns);
        QCOMPARE(rows->text(), u"samples"_s);

        run.eval_split = 0;
        view.setData(run, 4);
        measure();
        QCOMPARE(asked.back(), run);
        QCOMPARE(rows->text(), u"training samples"_s);

        run.eval = "/data/second.jsonl";
        view.setData(run, 4);
        measure();
        QCOMPARE(asked.back(), run);
        QCOMPARE(rows->text(), u"held-out samples"_s);
    }

    void figures_on_training_rows_say_so() {
        RankAdvice advice;
        advice.points = {{.rank = 4, .loss = 1.2}, {.rank = 8, .loss = 1.0}};
        advice.rows = AdviceRows::Training;
        advice.samples = 64;
        QCOMPARE(adviceRows(advice).columns.back().name, u"Loss (training rows)"_s);
        QVERIFY(
            costInWords(advice, 0).contains(u"The loss on 64 training rows is 1.2000 in place of 1.0000"_s));
    }
};

QTEST_MAIN(AdviceRowsTest)
#include "advice_rows_test.moc"
