// What a person means is what happens, or she is told: the whole window on the real engine and a tiny model,
// worked with mouse, wheel and keys. Each of these once did something else without a word.

#include "engine/runs/run_folder.h"
#include "engine/runs/run_record.h"
#include "tests/ui/tiny_desk.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/setup/setup_column.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QWheelEvent>

using namespace lora;

namespace {

void turnWheel(QWidget* widget, int notches) {
    const QPointF middle = widget->rect().center();
    QWheelEvent event(middle, widget->mapToGlobal(middle), {}, {0, 120 * notches}, Qt::NoButton,
        Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(widget, &event);
}

} // namespace

class MeantAndDoneTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_wheel_over_any_field_of_the_window_changes_nothing() {
        const Desk desk;
        const QString before = desk.command();
        int turned = 0;
        for (QWidget* field : desk.at.window->findChildren<QWidget*>()) {
            const bool takes = qobject_cast<QComboBox*>(field) || qobject_cast<QAbstractSpinBox*>(field);
            if (!takes || !field->isEnabled()) continue;
            field->setFocus();
            turnWheel(field, -1);
            if (QWidget* text = field->childAt(field->rect().center())) turnWheel(text, -1);
            ++turned;
        }
        QVERIFY(turned > 20);
        QCOMPARE(desk.command(), before);
    }

    void a_number_with_a_comma_is_the_number_that_is_trained_with_in_any_country() {
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        const Desk desk;
        desk.at.type("lr", u"0,001"_s);
        desk.at.type("alpha", u"1.5"_s);
        const RunFile run = read_run_file(desk.train(u"2"_s));
        QCOMPARE(run.settings.training.lr, 0.001);
        QCOMPARE(run.settings.lora.alpha, std::optional<double>(1.5));
        const auto* plot = desk.at.window->findChild<HeatMap*>()->frame()->plot();
        QCOMPARE(plot->locale().toString(1.5), u"1.5"_s);
    }

    void a_number_that_is_none_stays_and_starts_nothing() {
        const Desk desk;
        for (const QString& typed : {u"-1"_s, u"1e"_s, u"fast"_s}) {
            desk.at.type("lr", typed);
            QCOMPARE(desk.at.find<QAbstractSpinBox>("lr")->text(), typed);
            QVERIFY(!desk.at.can("start"));
            desk.at.click("startButton");
        }
        QVERIFY(desk.runs().empty());
    }

    void a_run_is_recorded_with_the_model_that_it_trained() {
        const Desk desk;
        const QString other = desk.files.filePath(u"other"_s);
        QDir().mkpath(other);
        desk.write(u"other/config.json"_s, R"({"model_type": "unheard_of"})");
        desk.enter("modelPath", other);
        QTRY_VERIFY2_WITH_TIMEOUT(desk.told().contains(other), qPrintable(desk.told()), patience);
        QCOMPARE(desk.at.find<QLineEdit>("modelPath")->text(), QString::fromStdString(desk.model));
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("start"), patience);
        QCOMPARE(read_run_file(desk.train(u"2"_s)).settings.model, desk.model);
    }

    void a_table_is_read_as_rows_and_what_is_no_data_is_refused() {
        const Desk desk;
        std::string rows = "question,answer\n";
        for (int i = 0; i < 40; ++i) rows += "\"Is it \"\"on\"\", or " + std::to_string(i) + "?\",yes\n";
        desk.enter("data", desk.write(u"q.csv"_s, rows)); // of which 5 % are held out
        const auto* counts = desk.at.find<QLabel>("dataCounts");
        QTRY_VERIFY2_WITH_TIMEOUT(
            counts->text().contains(u"38 samples"_s), qPrintable(counts->text()), patience);
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("start"), patience);
        desk.enter("data", desk.write(u"sizes.csv"_s, "width,height\n3,4\n"));
        QTRY_VERIFY2_WITH_TIMEOUT(desk.told().contains(u"width"_s), qPrintable(desk.told()), patience);
        QVERIFY(!desk.at.can("start"));
    }

    void plots_and_answers_are_never_of_two_runs() {
        const Desk desk;
        const std::string gone = tiny::write_model(desk.files.path().toStdString() + "/gone", 2);
        desk.enter("modelPath", QString::fromStdString(gone));
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("start"), patience);
        const std::string first = desk.train(u"2"_s);
        desk.enter("modelPath", QString::fromStdString(desk.model));
        QTRY_VERIFY_WITH_TIMEOUT(!desk.at.can("unload"), patience);
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("start"), patience);
        desk.train(u"2"_s);
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("unload"), patience);
        std::filesystem::remove_all(gone);

        auto* pages = desk.at.find<QTabWidget>("pages");
        pages->setCurrentWidget(desk.at.find<QWidget>("runsPage"));
        auto* table = desk.at.find<QTableView>("runsTable");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 2, patience);
        const QString name = QFileInfo(QString::fromStdString(first)).fileName();
        for (int row = 0; row < 2; ++row)
            if (const QModelIndex cell = table->model()->index(row, 0); cell.data().toString() == name) {
                const QPoint place = table->visualRect(cell).center();
                QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, place);
                QTest::mouseDClick(table->viewport(), Qt::LeftButton, {}, place);
            }
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.window->windowTitle().contains(name), patience);
        QTRY_VERIFY_WITH_TIMEOUT(!desk.at.can("unload"), patience); // the other run's adapter
        QVERIFY(!desk.at.find<QPlainTextEdit>("adaptedText")->isEnabled());
    }

    void resume_in_a_note_fills_the_set_up() {
        Desk desk;
        desk.at.type("lr", u"0.0123"_s);
        desk.at.type("steps", u"1000000"_s);
        desk.at.click("startButton");
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("stop"), patience);
        QTRY_VERIFY_WITH_TIMEOUT(!desk.runs().empty(), patience);
        QTest::keyClick(desk.at.window.get(), Qt::Key_F8);
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("start"), patience);
        desk.at.type("lr", u"0.5"_s);

        desk.at.startAgain();
        desk.at.window->begin();
        const auto rate = [&] { return desk.at.window->findChild<SetupColumn*>()->settings().training.lr; };
        QTRY_VERIFY_WITH_TIMEOUT(desk.told().contains(u"stopped at step"_s), patience);
        QCOMPARE(rate(), 0.5);
        desk.press(u"Resume"_s);
        QTRY_COMPARE_WITH_TIMEOUT(rate(), 0.0123, patience);
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("stop"), patience);
        QTest::keyClick(desk.at.window.get(), Qt::Key_F8);
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("resume"), patience);
    }

    void runs_of_two_seeds_are_evaluated_on_the_same_rows() {
        const Desk desk;
        desk.at.type("eval-split", u"20"_s);
        QTest::keyClick(desk.at.find<QWidget>("eval-split"), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("start"), patience);
        std::vector<RunRecord> of;
        for (const QString& seed : {u"0"_s, u"1"_s}) {
            desk.at.type("seed", seed);
            of.push_back(read_run_curves(desk.train(u"2"_s)));
        }
        QVERIFY(of[0].steps[0].loss != of[1].steps[0].loss); // the seeds count
        QCOMPARE(of[0].evaluations.at(0).loss, of[1].evaluations.at(0).loss);
    }

    void a_run_whose_folder_was_deleted_says_so_and_saves_nothing_in_its_place() {
        const Desk desk;
        desk.at.type("steps", u"1000000"_s);
        desk.at.click("startButton");
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("saveNow") && !desk.runs().empty(), patience);
        const std::string folder = desk.runs().front();
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(QString::fromStdString(events_path(folder))), patience);
        std::filesystem::remove_all(folder);
        QTest::keyClick(desk.at.window.get(), Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY2_WITH_TIMEOUT(
            desk.told().contains(u"moved or deleted"_s), qPrintable(desk.told()), patience);
        QVERIFY2(!desk.told().contains(u"Saved in"_s), qPrintable(desk.told()));
        QVERIFY(!std::filesystem::exists(folder));
    }
};

QTEST_MAIN(MeantAndDoneTest)
#include "meant_and_done_test.moc"
