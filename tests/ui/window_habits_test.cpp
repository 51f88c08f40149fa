// What hands and eyes expect of any window: keys to its pages, help, pictures that say what they are of, a
// grid that keeps up with a fast hand.

#include "tests/ui/silent_engine.h"
#include "tests/ui/window_fixture.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/plots/spectrum_plot.h"
#include "ui/setup/rank_budget.h"
#include "ui/window/end_notice.h"
#include "ui/window/glossary.h"
#include "ui/window/glossary_terms.h"
#include "ui/window/plot_saving.h"
#include "ui/window/tour.h"

#include <QDockWidget>
#include <QHeaderView>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTextBrowser>
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

    void a_page_without_a_plot_offers_none_to_export() {
        const WindowFixture at;
        QVERIFY(at.can("exportPlot"));
        at.find<QTabWidget>("pages")->setCurrentWidget(at.find<QWidget>("answersPage"));
        QVERIFY(!at.can("exportPlot"));
        at.find<QTabWidget>("pages")->setCurrentWidget(at.find<QWidget>("runsPage"));
        QVERIFY(at.can("exportPlot"));
    }

    void what_is_being_typed_in_a_floating_dock_does_not_hold_up_the_windows_end() {
        WindowFixture at;
        auto* path = at.find<QLineEdit>("data");
        auto* dock = at.find<QDockWidget>("setupDock");
        dock->setFloating(true);
        dock->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(dock));
        path->setFocus();
        QTest::keyClicks(path, u"half a pa"_s);
        at.window.reset();
        QVERIFY(QApplication::focusWidget() == nullptr);
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

    void the_number_of_a_layer_is_not_cut() {
        const WindowFixture at;
        at.open();
        const auto* table = at.find<QTableView>("targetTable");
        const QHeaderView* numbers = table->verticalHeader();
        const int around = 2 * table->style()->pixelMetric(QStyle::PM_HeaderMargin, nullptr, numbers);
        QVERIFY(table->rowHeight(0) >= numbers->fontMetrics().height() + around);
    }

    void the_tabs_of_the_pages_stay_where_they_are() {
        const WindowFixture at;
        at.open();
        auto* tabs = at.find<QTabBar>("pageTabs");
        const auto* pages = at.find<QTabWidget>("pages");
        QTest::qWait(0);
        const QPoint before = tabs->mapTo(at.window.get(), QPoint());
        for (const int page : {1, 3, 2, 0}) {
            QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(page).center());
            QTest::qWait(0);
            QCOMPARE(pages->currentIndex(), page);
            QCOMPARE(tabs->mapTo(at.window.get(), QPoint()), before);
        }
        QVERIFY(!pages->tabBar()->isVisible());
    }

    void the_glossary_is_searched_by_typing() {
        const WindowFixture at;
        at.action("glossary")->trigger();
        auto* search = at.find<QLineEdit>("glossarySearch");
        const auto found = [&] { return at.find<QTextBrowser>("glossaryTerms")->toPlainText(); };
        QVERIFY(found().contains(u"Adapter"_s) && found().contains(u"Weight decay"_s));

        QTest::keyClicks(search, u"rank"_s);
        QVERIFY2(found().trimmed().startsWith(u"Rank (r)"_s), qPrintable(found().left(40)));
        QVERIFY(found().contains(u"Effective rank"_s) && !found().contains(u"Dropout"_s));

        search->selectAll();
        QTest::keyClicks(search, u"2106.09685 angles"_s);
        QVERIFY(found().contains(u"Principal angles"_s));
        search->selectAll();
        QTest::keyClicks(search, u"<b>zebra"_s);
        QVERIFY(found().contains(u"“<b>zebra”"_s));
    }

    void each_term_has_two_sentences_and_they_stand_in_order() {
        const char* before = "";
        for (const GlossaryTerm& term : glossaryTerms()) {
            const QString words = QString::fromUtf8(term.words);
            QVERIFY2(words.count(u". "_s) == 1 && words.endsWith(u'.'), term.term);
            const bool isSorted =
                QString::fromUtf8(before).compare(QString::fromUtf8(term.term), Qt::CaseInsensitive) < 0;
            QVERIFY2(isSorted, term.term);
            before = term.term;
        }
    }

    void the_first_tour_leaves_by_escape_wherever_the_focus_is_and_with_a_run() {
        WindowFixture at;
        at.open();
        auto* field = at.find<QWidget>("prompt");
        field->setFocus();
        QTest::keyClick(field, Qt::Key_Escape);
        QTRY_VERIFY(!at.window->findChild<Tour*>());

        at.action("tour")->trigger();
        QVERIFY(at.window->findChild<Tour*>());
        at.action("start")->trigger();
        QTRY_VERIFY(!at.window->findChild<Tour*>());
    }

    void a_page_behind_another_asks_for_no_room() {
        const WindowFixture at;
        at.open();
        auto* pages = at.find<QTabWidget>("pages");
        for (int page = 0; page < pages->count(); ++page) {
            pages->setCurrentIndex(page);
            QTest::qWait(0);
            const QSize least = at.window->minimumSizeHint();
            QVERIFY2(least.width() <= 944 && least.height() <= 492, // 1920 × 1080 at 200 % within a frame
                qPrintable(u"page %1: %2 × %3"_s.arg(page).arg(least.width()).arg(least.height())));
        }
    }

    void going_from_page_to_page_leaves_the_window_its_size() {
        const WindowFixture at;
        at.open();
        const QSize small(1264, 690); // 1280 × 720 within a frame
        at.window->resize(small);
        auto* pages = at.find<QTabWidget>("pages");
        for (int from = 0; from < pages->count(); ++from)
            for (int to = 0; to < pages->count(); ++to) {
                pages->setCurrentIndex(from);
                QTest::qWait(0);
                pages->setCurrentIndex(to);
                QTest::qWait(0);
                const QSize now = at.window->size();
                QVERIFY2(now == small,
                    qPrintable(
                        u"from %1 to %2: %3 × %4"_s.arg(from).arg(to).arg(now.width()).arg(now.height())));
            }
    }

    void the_plots_are_seen_whole_in_the_smallest_window() {
        const WindowFixture at;
        at.window->resize(1264, 690);
        at.open();
        const auto* page = qobject_cast<const QScrollArea*>(at.window->centralWidget());
        QVERIFY(page && !page->verticalScrollBar()->isVisible() && !page->horizontalScrollBar()->isVisible());
    }

    void the_fields_have_most_of_a_low_window() {
        const WindowFixture at;
        at.window->resize(1264, 690);
        at.open();
        const auto* fields = at.find<QWidget>("setup")->findChild<QScrollArea*>();
        QVERIFY2(2 * fields->height() > at.find<QWidget>("setup")->height(),
            qPrintable(QString::number(fields->height())));
    }

    void the_first_tour_comes_once_and_again_by_the_menu() {
        WindowFixture at;
        at.open();
        auto* tour = at.find<Tour>("tour");
        QVERIFY(tour->isVisible());
        QTest::keyClick(tour, Qt::Key_Escape);
        QTRY_VERIFY(!at.window->findChild<Tour*>());

        at.startAgain();
        at.open();
        QVERIFY(!at.window->findChild<Tour*>());

        at.action("tour")->trigger();
        int bubbles = 0;
        for (; at.window->findChild<Tour*>() && bubbles < 20; ++bubbles) {
            tour = at.find<Tour>("tour");
            QVERIFY(at.window->rect().contains(tour->geometry()));
            QTest::keyClick(at.find<QPushButton>("tourNext"), Qt::Key_Space);
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        }
        QCOMPARE(bubbles, 6);
    }

    void a_bubble_does_not_hide_what_it_points_at_data() {
        QTest::addColumn<QSize>("size");
        QTest::newRow("small") << QSize(1280, 720);
        QTest::newRow("large") << QSize(1920, 1080);
    }

    void a_bubble_does_not_hide_what_it_points_at() {
        QFETCH(QSize, size);
        const WindowFixture at;
        at.window->resize(size);
        at.open();
        at.action("tour")->trigger();
        QTest::qWait(0);
        const auto* start = at.find<QWidget>("startPanel");
        QTest::keyClick(at.find<QPushButton>("tourNext"), Qt::Key_Space);
        const QRect there(start->mapTo(at.window.get(), QPoint()), start->size());
        QVERIFY(!at.find<Tour>("tour")->geometry().intersects(there));
    }

    void a_run_that_ends_unseen_is_told_by_the_desktop() {
        SilentEngine engine;
        QWidget behind;
        EndNotice notice(engine.link(), &behind);
        const QSignalSpy told(&notice, &EndNotice::told);
        engine.say(RunEnded{.run = {}, .finished = false, .step = 9, .adapter = {}});
        QCOMPARE(told.size(), 0); // who stopped it knows
        engine.say(RunEnded{.run = {}, .finished = true, .step = 9, .adapter = {}});
        engine.say(Failed{.run = {}, .why = "a loss of nan"});
        QCOMPARE(told.size(), 2);
    }

    void a_budget_of_ranks_is_typed_as_any_number_and_refused_in_words() {
        RankBudgetDialog dialog({{"model.layers.0.self_attn.q_proj", 576, 576, 4.5}}, 9216, nullptr);
        dialog.show();
        auto* field = dialog.findChild<QAbstractSpinBox*>(u"budget"_s);
        const auto* use = dialog.findChild<QPushButton*>();
        const auto type = [&](const QString& text) {
            field->selectAll();
            QTest::keyClicks(field, text);
        };
        type(u"2*1152"_s);
        QVERIFY(use->isEnabled());
        QCOMPARE(dialog.ranks().begin()->second, 2);

        type(u"-3"_s);
        QVERIFY(!use->isEnabled());
        QCOMPARE(field->text(), u"-3"_s);
        QVERIFY(dialog.findChild<QLabel*>(u"budgetFault"_s)->text().contains(u"1,152"_s));
    }
};

QTEST_MAIN(WindowHabitsTest)
#include "window_habits_test.moc"
