// The laboratory's page, and the training page's map and spectrum, on the scripted engine.

#include "tests/ui/window_fixture.h"
#include "ui/elements/result_table.h"
#include "ui/laboratory/advice_values.h"
#include "ui/laboratory/advisor_view.h"
#include "ui/laboratory/comparison_view.h"
#include "ui/laboratory/laboratory_page.h"
#include "ui/laboratory/laboratory_values.h"
#include "ui/laboratory/similarity_plot.h"
#include "ui/laboratory/weights_view.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/plots/spectrum_plot.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QFileDialog>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSlider>
#include <QTabWidget>
#include <QTableView>
#include <QTimer>

using namespace lora;

namespace {

/// A window whose run is finished, so that an adapter is in place.
struct Trained {
    WindowFixture at;
    explicit Trained(std::shared_ptr<FakeScript> script = std::make_shared<FakeScript>())
        : at(std::move(script)) {
        at.window->begin();
        const bool trained = QTest::qWaitFor([&] { return at.can("start"); }) && train();
        if (!trained) qFatal("the run did not end");
    }
    bool train() const {
        at.click("startButton");
        return QTest::qWaitFor([&] { return at.isTold(u"all 40 steps"_s); })
               && QTest::qWaitFor([&] { return at.find<QLabel>("measuresStep")->text() == u"40"_s; });
    }

    void see(int view) const {
        at.find<QTabWidget>("pages")->setCurrentWidget(at.find<LaboratoryPage>("laboratoryPage"));
        at.find<QTabWidget>("laboratoryViews")->setCurrentIndex(view);
    }
    template <class View>
    void ask() const {
        auto* button = at.window->findChild<View*>()->template findChild<QPushButton*>(u"ask"_s);
        QTRY_VERIFY(button->isVisible() && button->isEnabled());
        QTest::mouseClick(button, Qt::LeftButton);
    }
    template <class View>
    QString finding() const {
        return at.window->findChild<View*>()->template findChild<QLabel*>(u"finding"_s)->text();
    }
    int rows(const char* table) const { return at.find<QTableView>(table)->model()->rowCount(); }
    void clickCell(const LayerGrid::Cell& cell, Qt::KeyboardModifiers keys = {}) const {
        const auto* map = at.window->findChild<HeatMap*>();
        QTest::mouseClick(map->frame()->plot(), Qt::LeftButton, keys, map->centreOf(cell).toPoint());
    }
};

constexpr int advisor = 0, weights = 1, comparison = 2;

} // namespace

class LaboratoryTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void without_an_adapter_it_says_what_to_do() {
        const WindowFixture at;
        at.window->begin();
        QTRY_VERIFY(at.can("start"));
        const auto* view = at.window->findChild<AdvisorView*>();
        QVERIFY(!view->findChild<QPushButton*>(u"ask"_s)->isEnabled());
        QVERIFY(view->findChild<QLabel*>(u"askHint"_s)->text().contains(u"Train an adapter"_s));
    }

    void the_advisor_measures_and_saves_the_rank_that_is_enough() {
        const Trained trained;
        trained.see(advisor);

        trained.ask<AdvisorView>();

        QTRY_VERIFY(trained.finding<AdvisorView>().contains(u"99 % of what was learned"_s));
        QCOMPARE(trained.rows("adviceTable"), 5); // 0, 1, 2, 4, 8
        QVERIFY(trained.at.find<QPushButton>("saveTruncated")->isEnabled());
        const SaveTruncated command =
            trained.at.window->findChild<AdvisorView*>()->truncation(u"/tmp/small"_s);
        QCOMPARE(command.ranks.size(), 60U);
        QCOMPARE(command.ranks.front().second, 4); // 1 - exp(-1.9 · 4) is above 0.99, at 2 it is 0.978
    }

    void energies_stand_there_as_soon_as_the_laboratory_is_seen() {
        const Trained trained;
        trained.see(advisor);
        QTRY_COMPARE(trained.rows("adviceTable"), 5);
        QVERIFY(trained.finding<AdvisorView>().contains(u"energy"_s));
    }

    void neighbouring_losses_can_be_told_apart() {
        RankAdvice advice;
        advice.points = {{.rank = 4, .loss = 1.1929}, {.rank = 8, .loss = 1.1885}};
        const ResultRows rows = adviceRows(advice);
        QCOMPARE(rows.rows[0].back().text, u"1.1929"_s);
        QCOMPARE(rows.rows[1].back().text, u"1.1885"_s);
    }

    void the_chosen_rank_says_what_it_costs() {
        RankAdvice advice;
        advice.points = {{.rank = 4, .parameters = 230400, .kept_energy = 0.97, .loss = 1.2},
            {.rank = 8, .parameters = 460800, .kept_energy = 1, .loss = 1.0}};
        QCOMPARE(costInWords(advice, 0),
            u"Rank 4: 50.0 % of the parameters, 97.0 % of the energy. The loss is 1.2000 in place of 1.0000: +20.0 %."_s);
        advice.points[0].loss.reset();
        QVERIFY(costInWords(advice, 0).endsWith(u"Measure tells it."_s));
    }

    void an_adapter_is_measured_on_its_own_runs_rows_whatever_the_set_up_says() {
        const Trained trained;
        trained.see(advisor);
        const bool wasHeldOut = trained.at.find<QLabel>("adviceRows")->text() == u"held-out samples"_s;
        const auto* own = trained.at.find<QLineEdit>("adviceData");
        const QString before = own->text();
        QVERIFY(!before.isEmpty());
        RunSettings other;
        other.data.train = "/data/other.jsonl";
        trained.at.find<LaboratoryPage>("laboratoryPage")->setBase(other);
        trained.at.window->findChild<AdvisorView*>()->measureEnergies();
        trained.ask<AdvisorView>();
        QTRY_VERIFY(trained.finding<AdvisorView>().contains(
            wasHeldOut ? u"Measured on 20 held-out rows"_s : u"380 training rows, which it has learned"_s));
        QCOMPARE(own->text(), before);
    }

    void the_menu_saves_a_smaller_adapter_before_anything_was_measured() {
        const Trained trained;
        bool asked = false;
        QTimer dialogs;
        connect(&dialogs, &QTimer::timeout, this, [&] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            if (!dialog) return;
            asked = true;
            dialog->reject();
        });
        dialogs.start(10);

        trained.at.action("saveSmaller")->trigger();

        // The scripted energies leave no smaller rank at 99 %, so the choice is the user's.
        QTRY_VERIFY(trained.at.isTold(u"No smaller rank keeps 99 %"_s));
        QVERIFY(!asked);
        const auto* view = trained.at.window->findChild<AdvisorView*>();
        QVERIFY(view->isVisible() && !view->isSmallerChosen());

        trained.at.find<QTableView>("adviceTable")->selectRow(2);
        trained.at.action("saveSmaller")->trigger();
        QVERIFY(asked);
    }

    void a_loaded_adapter_is_enough() {
        const WindowFixture at;
        at.window->begin();
        QTRY_VERIFY(at.can("start"));
        const QString folder = at.folder.path() + u"/adapter"_s;
        QDir().mkpath(folder);
        QFile file(folder + u"/adapter_config.json"_s);
        QVERIFY(file.open(QFile::WriteOnly));
        file.close();

        at.window->openPath(folder);

        QTRY_VERIFY(at.find<QLabel>("laboratoryAdapter")->text().contains(u"60 linears"_s));
        const auto* view = at.window->findChild<WeightsView*>();
        QVERIFY(view->findChild<QPushButton*>(u"ask"_s)->isEnabled());
    }

    void the_weights_view_has_a_row_a_linear_and_shows_what_was_asked() {
        const Trained trained;
        trained.see(weights);
        QVERIFY(trained.at.find<SimilarityPlot>("weightSimilarity")->map().values.empty());

        trained.at.find<QCheckBox>("askDirections")->setChecked(true);
        trained.at.find<QCheckBox>("askIntruders")->setChecked(true);
        trained.ask<WeightsView>();

        QTRY_COMPARE(trained.rows("weightsTable"), 60);
        QVERIFY(trained.finding<WeightsView>().contains(u"60 of the 600"_s));
        QCOMPARE(trained.at.find<SimilarityPlot>("weightSimilarity")->map().rows, 8);
        QVERIFY(trained.at.find<QLabel>("intruderWords")->text().startsWith(u"Intruders: 1 of the 10"_s));
    }

    void linears_that_are_compared_already_are_shown_while_others_follow() {
        WeightsView view;
        view.findChild<QPushButton*>(u"ask"_s)->click();
        auto found = std::make_shared<WeightComparisons>();
        found->targets.emplace_back().amplification = 20;
        view.setComparisons({found, AnswerState::UnderWay});
        QCOMPARE(view.table().rows.size(), std::size_t{1});
        const auto* stop = view.findChild<QPushButton*>(u"stopAsking"_s);
        QVERIFY(!stop->isHidden());
        view.setComparisons({found, AnswerState::Stopped});
        QVERIFY(stop->isHidden());
        QVERIFY(view.findChild<QLabel*>(u"finding"_s)->text().contains(u"Stopped after 1"_s));
    }

    void columns_use_the_width_that_is_there() {
        QCOMPARE(columnWidths({100, 50, 50}, 500, false), (std::vector<int>{200, 150, 150}));
        QCOMPARE(columnWidths({100, 50, 50}, 500, true), (std::vector<int>{100, 50, 350}));
        QCOMPARE(columnWidths({100, 50}, 120, false), (std::vector<int>{100, 50})); // it scrolls
        const std::vector<bool> isWords{true, false, true};
        QCOMPARE(cutWords({500, 80, 220}, isWords, 600), (std::vector<int>{300, 80, 220}));
        QCOMPARE(cutWords({500, 80, 220}, isWords, 200), (std::vector<int>{180, 80, 180})); // it scrolls
        QCOMPARE(cutWords({500, 80, 220}, isWords, 900), (std::vector<int>{500, 80, 220}));
        ResultTable table;
        const auto view = std::unique_ptr<QTableView>(makeResultView(&table, u"t"_s, nullptr));
        view->resize(600, 200);
        view->show();
        table.setRows({{{u"Linear"_s, {}, false}, {u"Value"_s, {}}}, {{{u"layers.1.q"_s}, {u"0.5"_s, 0.5}}}});
        QVERIFY(view->columnWidth(0) + view->columnWidth(1) >= view->viewport()->width() - 2);
    }

    void linears_are_sorted_by_their_layers_number() {
        ResultTable table;
        auto view = std::unique_ptr<QTableView>(makeResultView(&table, u"t"_s, nullptr));
        table.setRows(
            {{{u"Linear"_s, {}, false}}, {{{u"layers.10.q"_s}}, {{u"layers.9.q"_s}}, {{u"layers.1.q"_s}}}});
        view->sortByColumn(0, Qt::AscendingOrder);
        QStringList shown;
        for (int row = 0; row < 3; ++row) shown << view->model()->index(row, 0).data().toString();
        QCOMPARE(shown, (QStringList{u"layers.1.q"_s, u"layers.9.q"_s, u"layers.10.q"_s}));
    }

    void what_the_update_does_to_W0_is_said_in_words() {
        WeightComparisons of_one;
        WeightComparison& target = of_one.targets.emplace_back();
        target.projected_norm = 2;
        target.random_norm = 1;
        target.amplification = 21.5;
        const QString strong = amplificationInWords(of_one);
        QVERIFY2(strong.contains(u"21.5 times as strong as W₀"_s), qPrintable(strong));
        QVERIFY2(strong.contains(u"2.00 times as much in them as in random ones: the update follows it"_s),
            qPrintable(strong));
        target.random_norm = 2;
        QVERIFY(amplificationInWords(of_one).contains(u"does not follow it"_s));
    }

    void two_adapters_are_compared_beside_chance() {
        auto script = std::make_shared<FakeScript>();
        script->same_start = true;
        const Trained trained(script);
        trained.see(comparison);

        trained.at.window->findChild<ComparisonView*>()->compareWith(u"/adapters/other"_s);

        QTRY_COMPARE(trained.rows("comparisonTable"), 60);
        QVERIFY(trained.finding<ComparisonView>().contains(u"other"_s));
        QVERIFY(trained.at.find<QLabel>("sameStart")->text().contains(u"same random A"_s));
        QCOMPARE(trained.at.find<SimilarityPlot>("phiByChance")->map().at(1, 8), 8.0 / 576);
        QVERIFY(trained.at.find<QLabel>("angles")->text().contains(u"12°, 41°"_s)
                || trained.at.find<QLabel>("angles")->text().contains(u"13°, 41°"_s));
    }

    void another_adapter_lets_go_of_what_was_found() {
        const Trained trained;
        trained.see(weights);
        trained.ask<WeightsView>();
        QTRY_COMPARE(trained.rows("weightsTable"), 60);

        trained.at.find<QTabWidget>("pages")->setCurrentIndex(0);
        trained.at.click("startButton");

        QTRY_COMPARE(trained.rows("weightsTable"), 0);
    }

    void shift_and_a_click_puts_a_linear_beside_the_first() {
        const Trained trained;
        const auto* plot = trained.at.window->findChild<SpectrumPlot*>();

        trained.clickCell({3, 0});
        trained.clickCell({7, 2}, Qt::ShiftModifier);
        trained.clickCell({9, 2}, Qt::ShiftModifier);

        QCOMPARE(plot->drawn().size(), 3U);
        QCOMPARE(plot->drawn().at(1).first, std::string("model.layers.7.self_attn.v_proj"));
        QCOMPARE(plot->frame()->plot()->graphCount(), 3);
        trained.clickCell({7, 2}, Qt::ShiftModifier);
        QCOMPARE(plot->drawn().size(), 2U);
        trained.clickCell({5, 0});
        QCOMPARE(plot->drawn().size(), 1U);
    }

    void the_slider_goes_back_through_the_run() {
        const Trained trained;
        auto* slider = trained.at.find<QSlider>("heatStep");
        QVERIFY(slider->maximum() > 3);
        QCOMPARE(slider->value(), slider->maximum());

        slider->setValue(0);

        QCOMPARE(trained.at.find<QLabel>("heatStepLabel")->text(), u"step 0"_s);
        QCOMPARE(trained.at.find<QLabel>("measuresStep")->text(), u"0"_s);
        QCOMPARE(trained.at.find<QLabel>("measure-effective_rank")->text(), u"—"_s); // ΔW = 0
    }

    void effective_ranks_become_the_next_runs_ranks() {
        const Trained trained;
        trained.at.click("nextRanks");
        auto* dialog = trained.at.find<QDialog>("rankBudget");
        trained.at.type("budget", u"230400"_s);

        dialog->accept();

        const QString command = trained.at.find<QPlainTextEdit>("equalCommand")->toPlainText();
        QVERIFY(command.contains(u"--rank-pattern"_s));
        QCOMPARE(trained.at.find<QLineEdit>("rank-pattern")->text().count(u'='), 60);
        const QString trainable = trained.at.find<QLabel>("trainable")->text();
        QVERIFY2(trainable.contains(u">22"_s) || trainable.contains(u">230,"_s), qPrintable(trainable));
        trained.at.find<QLineEdit>("rank-pattern")->selectAll();
        QTest::keyClick(trained.at.find<QLineEdit>("rank-pattern"), Qt::Key_Delete);
        QVERIFY(
            !trained.at.find<QPlainTextEdit>("equalCommand")->toPlainText().contains(u"--rank-pattern"_s));
    }

    void an_alarm_is_told_at_once() {
        auto script = std::make_shared<FakeScript>();
        script->alarm_at_step = 20;
        const Trained trained(script);
        QVERIFY(trained.at.isTold(u"has not moved. Leave it out"_s));
        const auto* warned = trained.at.find<QLabel>("heatWarned");
        QVERIFY(warned->isVisible() && warned->text().endsWith(u" 1"_s));
    }

    void the_tables_model_keeps_the_rules_of_item_models() {
        ResultTable table;
        const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::Fatal);
        table.setRows(
            {{{u"Linear"_s, {}, false}, {u"Value"_s, u"what it means"_s}}, {{{u"a"_s}, {u"1"_s, 1}}}});
        QCOMPARE(table.rowCount(), 1);
        table.setRows({});
    }

    void words_and_maps_are_those_of_the_values() {
        QCOMPARE(anglesText({}), u"—"_s);
        QCOMPARE(anglesText({3.14159, 45.2}), u"3.1°, 45°"_s);
        QCOMPARE(randomMap(2, 3, 100).at(2, 3), 0.03);
        QVERIFY(amplificationInWords({}).contains(u"nothing"_s));
        WeightComparison target;
        QVERIFY(intrudersInWords(target).isEmpty());
        target.intruders.emplace();
        QVERIFY(intrudersInWords(target).startsWith(u"None"_s));
    }

    // The slider's step, the spectrum and the numbers beneath it are of one step, whatever comes.
    void all_that_is_shown_is_of_one_step_when_another_run_comes() {
        const Trained trained;
        auto* slider = trained.at.find<QSlider>("heatStep");
        QVERIFY(slider->maximum() > 0);
        QTest::keyClick(slider, Qt::Key_Home);
        const QString early = trained.at.find<QLabel>("measuresStep")->text();
        QVERIFY(early != u"40"_s);
        QDir().mkpath(trained.at.folder.path() + u"/runs/one"_s);
        QFile file(trained.at.folder.path() + u"/runs/one/run.json"_s);
        QVERIFY(file.open(QFile::WriteOnly));
        file.close();

        trained.at.window->openPath(trained.at.folder.path() + u"/runs/one"_s); // one step of spectra: 50

        QTRY_VERIFY(trained.at.find<QLabel>("heatStepLabel")->text().contains(u"50"_s));
        QTRY_COMPARE(trained.at.find<QLabel>("measuresStep")->text(), u"50"_s);
    }
};

QTEST_MAIN(LaboratoryTest)
#include "laboratory_test.moc"
