// What hands and eyes expect of any window: keys to its pages, help, pictures that say what they are of, a
// grid that keeps up with a fast hand.

#include "tests/ui/window_fixture.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/plots/spectrum_plot.h"
#include "ui/window/plot_saving.h"

#include <QMessageBox>
#include <QTabWidget>
#include <QTableView>
#include <QWhatsThis>
#include <algorithm>

using namespace lora;

class WindowHabitsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void each_page_has_a_key() {
        const WindowFixture at;
        const auto* pages = at.find<QTabWidget>("pages");
        QVERIFY(QTest::qWaitForWindowActive(at.window.get()));
        for (int page : {4, 3, 2, 1, 0}) {
            QTest::keyClick(at.window.get(), static_cast<Qt::Key>(Qt::Key_1 + page), Qt::ControlModifier);
            QCOMPARE(pages->currentIndex(), page);
        }
    }

    void help_tells_the_page_and_the_keys() {
        const WindowFixture at;
        at.action("pageHelp")->trigger();
        const auto shown = QApplication::topLevelWidgets();
        QVERIFY(std::any_of(shown.begin(), shown.end(), [](const QWidget* each) {
            return each->isVisible() && QLatin1StringView(each->metaObject()->className()) == "QWhatsThat"_L1;
        }));
        QWhatsThis::hideText();

        at.action("shortcuts")->trigger();
        const QString keys = at.find<QMessageBox>("shortcutsBox")->text();
        for (const QString& key : {u"F5"_s, u"Ctrl+3"_s, u"Ctrl+Return"_s})
            QVERIFY2(keys.contains(key), qPrintable(key));
    }

    void a_picture_names_run_and_linears() {
        const WindowFixture at;
        at.open();
        at.click("startButton");
        QTRY_VERIFY(at.isTold(u"finished"_s));
        const auto* page = at.find<QWidget>("liveView");
        const auto* map = at.window->findChild<HeatMap*>();
        QTRY_VERIFY(map->values().at(17, 2));
        QTest::mouseClick(map->frame()->plot(), Qt::LeftButton, {}, map->centreOf({17, 2}).toPoint());
        QTest::mouseClick(
            map->frame()->plot(), Qt::LeftButton, Qt::ShiftModifier, map->centreOf({3, 0}).toPoint());
        QVERIFY(at.find<QLabel>("measuresLinear")->isVisible());
        QVERIFY(at.find<QLabel>("measuresLinear")->text().contains(u"17"_s));

        const auto* spectrum = at.window->findChild<SpectrumPlot*>();
        QTest::mouseClick(spectrum->frame()->plot(), Qt::LeftButton);

        const QString caption = captionOf(page, u"lamp"_s);
        QVERIFY2(caption.startsWith(u"lamp · Singular values"_s), qPrintable(caption));
        QVERIFY2(caption.contains(u"17"_s) && caption.contains(u"3"_s), qPrintable(caption));
    }

    void a_fast_drag_ticks_all_cells_that_it_passes() {
        const WindowFixture at;
        at.open();
        auto* table = at.find<QTableView>("targetTable");
        const QAbstractItemModel* cells = table->model();
        const auto middle = [&](int row, int column) {
            return table->visualRect(cells->index(row, column)).center();
        };
        const auto ticked = [&](int row, int column) {
            return cells->index(row, column).data(Qt::CheckStateRole).toInt() == Qt::Checked;
        };
        QVERIFY(!ticked(0, 1) && !ticked(7, 1));

        QTest::mousePress(table->viewport(), Qt::LeftButton, {}, middle(0, 1));
        QTest::mouseMove(table->viewport(), middle(7, 1));
        QTest::mouseRelease(table->viewport(), Qt::LeftButton, {}, middle(7, 1));

        for (int row = 0; row <= 7; ++row) QVERIFY2(ticked(row, 1), qPrintable(QString::number(row)));
        QVERIFY(!ticked(8, 1));
    }
};

QTEST_MAIN(WindowHabitsTest)
#include "window_habits_test.moc"
