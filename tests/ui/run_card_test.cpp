// The run card beside the start button: it says what is about to run, and what is doubtful about it; the
// button of a doubt changes the field as typing does, and undo takes it back.

#include "tests/plausibility/planned_run.h"
#include "ui/elements/number_field.h"
#include "ui/elements/quantities.h"
#include "ui/setup/doubt_row.h"
#include "ui/setup/run_card_model.h"
#include "ui/setup/setup_column.h"

#include <QAction>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QToolButton>
#include <QtTest>

using namespace lora;
using namespace Qt::StringLiterals;

namespace {

/// The column with the planned run, on a machine with so much memory.
class Column {
public:
    explicit Column(const RunPlan& plan = planned_run())
        : setup(nullptr, [plan](const std::string&) { return plan.room; }) {
        setup.setModel(plan.model);
        setup.read(plan.settings);
        setup.setDataset(read(plan));
        setup.resize(400, 900);
        setup.show();
    }
    static DatasetLoaded read(const RunPlan& plan) {
        DatasetLoaded loaded;
        loaded.train = plan.train;
        loaded.eval = plan.eval;
        return loaded;
    }

    template <class T>
    T* find(const char* name) const {
        T* found = setup.findChild<T*>(QLatin1StringView(name));
        if (!found) qFatal("no widget is named %s", name);
        return found;
    }
    void type(const char* name, const QString& text) const {
        auto* field = find<NumberField>(name);
        field->selectAll();
        QTest::keyClicks(field, text);
    }
    QString line(const char* name) const { return find<QLabel>(name)->text(); }
    /// Those that are there and not on their way out.
    std::vector<DoubtRow*> doubts() const {
        std::vector<DoubtRow*> rows;
        for (DoubtRow* row : setup.findChildren<DoubtRow*>())
            if (!row->isHidden()) rows.push_back(row);
        return rows;
    }
    QString sentence(std::size_t doubt) const {
        return doubts().at(doubt)->findChild<QLabel*>(u"doubtSentence"_s)->text();
    }
    QPushButton* mend(std::size_t doubt) const {
        return doubts().at(doubt)->findChild<QPushButton*>(u"mend"_s);
    }
    void undo() const { find<QAction>("undoSetup")->trigger(); }

    SetupColumn setup;
};

QStringList values(const RunPlan& plan) {
    RunCardModel card;
    card.setPlan(plan);
    QStringList values;
    for (const RunCardLine& line : card.lines()) values << line.value;
    return values;
}

} // namespace

class RunCardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { useOneLocale(); }

    void the_card_says_what_is_about_to_run() {
        const QStringList all = values(planned_run());
        QCOMPARE(all.size(), 5);
        QCOMPARE(all[0], u"SmolLM2-135M · float32 · cpu"_s);
        QCOMPARE(all[1], u"380 samples, 20 to evaluate on"_s);
        QCOMPARE(all[2], u"95, each of 4 samples"_s);
        QCOMPARE(all[3], u"0.002, scale α/r = 2"_s);
        QVERIFY2(all[4].contains(QRegularExpression(u"^about [0-9.]+ GB of 8\\.?0* GB free$"_s)),
            qPrintable(all[4]));
    }

    void what_is_not_known_is_a_dash() {
        QCOMPARE(values({}), QStringList({u"—"_s, u"—"_s, u"—"_s, u"0.0002, scale α/r = 2"_s, u"—"_s}));
    }

    void the_effective_batch_is_no_larger_than_the_data_and_says_its_parts() {
        RunPlan plan = planned_run();
        plan.settings.training.batch = 1000;
        plan.settings.training.accumulate = 4;
        QCOMPARE(values(plan)[2], u"1, each of 380 samples in 4 parts"_s);
    }

    void the_time_stands_beside_the_steps_once_a_run_has_told_it() {
        RunPlan plan = planned_run();
        plan.pace = RunPace{plan.settings, 1.5};
        QCOMPARE(values(plan)[2], u"95, each of 4 samples, about 2 min 23 s"_s);
        plan.settings.lora.rank = 9; // other work
        QCOMPARE(values(plan)[2], u"95, each of 4 samples"_s);
    }

    void a_method_without_a_scale_has_none_on_the_card() {
        RunPlan plan = planned_run();
        plan.settings.method = MethodKind::Full;
        QCOMPARE(values(plan)[3], u"0.002"_s);
        plan.settings.method = MethodKind::RsLora;
        QCOMPARE(values(plan)[3], u"0.002, scale α/√r = 5.66"_s);
    }

    void a_mend_is_said_in_the_words_of_the_fields() {
        QCOMPARE(mendText({{"lora.rank", 192}, {"lora.alpha", 384.0}}),
            u"Set Rank r to 192, set Alpha α to 384"_s);
        QCOMPARE(mendText({{"data.eval", ""}, {"data.eval_split", 0.1}}),
            u"Clear “Evaluate”, set Hold out to 10 %"_s);
        QCOMPARE(mendText({{"training.warmup", Json()}}), u"Clear “Warm-up”"_s);
        QCOMPARE(mendText({{"training.gradient_checkpointing", true}}), u"Turn on “Recompute activations”"_s);
        QCOMPARE(mendText({}), QString());
    }

    void a_healthy_run_has_no_doubt_below_its_card() {
        const Column at;
        QVERIFY(at.doubts().empty());
        QCOMPARE(at.line("card-steps"), u"95, each of 4 samples"_s);
        QVERIFY(at.setup.status().sound);
    }

    void a_click_on_the_mend_changes_the_field_and_undo_takes_it_back() {
        const Column at;
        at.type("lr", u"1000"_s);
        QCOMPARE(at.doubts().size(), std::size_t{1});
        QVERIFY(at.sentence(0).startsWith(u"Learning rate 1000 is far above"_s));
        QVERIFY(at.setup.status().sound); // a warning holds nothing up
        QCOMPARE(at.mend(0)->text(), u"Set Learning rate to 0.0002"_s);
        QTest::mouseClick(at.mend(0), Qt::LeftButton);
        QCOMPARE(at.setup.settings().training.lr, 2e-4);
        QCOMPARE(at.find<NumberField>("lr")->value(), Json(2e-4));
        QVERIFY(at.doubts().empty());
        at.undo();
        QCOMPARE(at.setup.settings().training.lr, 1000.0);
        QCOMPARE(at.find<NumberField>("lr")->value(), Json(1000.0));
        QCOMPARE(at.doubts().size(), std::size_t{1});
    }

    void a_mend_of_two_fields_is_one_step_back() {
        const Column at;
        at.type("rank", u"1000"_s);
        const RunSettings before = at.setup.settings();
        QTest::mouseClick(at.mend(0), Qt::LeftButton);
        QCOMPARE(at.setup.settings().lora.rank, 192);
        QCOMPARE(at.setup.settings().lora.alpha / 192, before.lora.alpha / 1000);
        at.undo();
        QCOMPARE(at.setup.settings(), before);
    }

    void a_mend_of_the_data_has_it_read_anew() {
        RunPlan plan = planned_run();
        train_on(plan, [](DatasetSummary& data) {
            data.cut = 300;
            set_longest(data, 900);
        });
        Column at(plan);
        const QSignalSpy wanted(&at.setup, &SetupColumn::dataWanted);
        QTest::mouseClick(at.mend(0), Qt::LeftButton);
        QCOMPARE(at.setup.settings().data.max_length, 900);
        QCOMPARE(wanted.count(), 1);
        QVERIFY(!at.setup.status().dataset); // what was read is no more
        QVERIFY(at.doubts().empty());
        QCOMPARE(at.line("card-data"), u"—"_s);
        at.setup.setDataset(Column::read(planned_run()));
        QCOMPARE(at.line("card-data"), u"380 samples, 20 to evaluate on"_s);
    }

    void what_cannot_work_cannot_be_started_until_it_is_mended() {
        RunPlan plan = planned_run();
        plan.settings.method = MethodKind::Pissa;
        plan.settings.lora.rank = 300;
        const Column at(plan);
        QVERIFY(!at.setup.status().sound);
        QVERIFY(!at.setup.status().fault.isEmpty());
        QVERIFY(at.sentence(0).contains(u"PiSSA starts from the weight's own directions"_s));
        QTest::mouseClick(at.mend(0), Qt::LeftButton);
        QVERIFY(at.setup.status().sound);
        QVERIFY(at.setup.status().fault.isEmpty());
    }

    void a_small_machine_is_told_beside_what_the_run_takes() {
        RunPlan plan = planned_run();
        plan.room = MemoryRoom{gigabyte / 10, 2 * gigabyte};
        const Column at(plan);
        QVERIFY2(
            at.sentence(0).endsWith(u"more than the 100 MB that are free."_s), qPrintable(at.sentence(0)));
        QVERIFY(at.line("memoryEstimate").endsWith(u"of 100 MB free"_s));
        QVERIFY(at.find<QLabel>("memoryEstimate")->toolTip().contains(u"Optimizer 3.69 MB"_s));
    }

    void two_doubts_are_in_sight_and_the_others_are_a_click_away() {
        const Column at;
        at.type("lr", u"1000"_s);
        at.type("rank", u"1000"_s);
        at.type("batch", u"5000"_s);
        QCOMPARE(at.doubts().size(), std::size_t{2});
        auto* more = at.find<QToolButton>("moreDoubts");
        QCOMPARE(more->text(), u"3 more"_s);
        QTest::mouseClick(more, Qt::LeftButton);
        QCOMPARE(at.doubts().size(), std::size_t{5}); // memory, rank, rate, batch, and its one step
    }

    void nothing_is_mended_while_the_set_up_cannot_be_edited() {
        Column at;
        at.type("lr", u"1000"_s);
        at.setup.setState(enabledActions(EngineState::Running, {}), {});
        QVERIFY(!at.mend(0)->isEnabled());
        at.setup.setState(enabledActions(EngineState::Ready, {}), {});
        QVERIFY(at.mend(0)->isEnabled());
    }
};

QTEST_MAIN(RunCardTest)
#include "run_card_test.moc"
