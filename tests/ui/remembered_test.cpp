// What a window remembers from one start to the next, and how large the first one is.

#include "tests/ui/window_fixture.h"
#include "ui/window/remembered.h"

#include <QDockWidget>
#include <QLineEdit>
#include <QTabBar>
#include <QTabWidget>

using namespace lora;

class RememberedTest : public QObject {
    Q_OBJECT

    static void choosePage(const WindowFixture& at, const char* page) {
        const auto* pages = at.find<QTabWidget>("pages");
        const int index = pages->indexOf(at.find<QWidget>(page));
        auto* tabs = at.find<QTabBar>("pageTabs");
        QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(index).center());
    }

private Q_SLOTS:
    void the_first_window_fits_on_the_screen_with_its_frame_data() {
        QTest::addColumn<QSize>("available");
        QTest::newRow("1280×720") << QSize(1280, 720);
        QTest::newRow("1280×800 with a panel") << QSize(1280, 760);
        QTest::newRow("1366×768") << QSize(1366, 768);
        QTest::newRow("3840×2160") << QSize(3840, 2160);
    }

    void the_first_window_fits_on_the_screen_with_its_frame() {
        QFETCH(QSize, available);
        const WindowFixture at;
        const QSize titleBar(2, 40);

        const QSize first = firstSize(available);

        QVERIFY(first.width() + titleBar.width() <= available.width());
        QVERIFY(first.height() + titleBar.height() <= available.height());
        const QSize least = at.window->minimumSizeHint();
        QVERIFY2(least.width() <= first.width() && least.height() <= first.height(),
            qPrintable(u"%1 × %2"_s.arg(least.width()).arg(least.height())));
    }

    void what_was_set_up_is_there_at_the_next_start() {
        WindowFixture at;
        at.open();
        at.type("rank", u"23"_s);
        at.find<QLineEdit>("data")->selectAll();
        QTest::keyClicks(at.find<QLineEdit>("data"), u"/data/mine.jsonl"_s);
        QTest::keyClick(at.find<QLineEdit>("data"), Qt::Key_Return);

        at.startAgain();
        at.open();

        QCOMPARE(at.find<QAbstractSpinBox>("rank")->text(), u"23"_s);
        QCOMPARE(at.find<QLineEdit>("data")->text(), u"/data/mine.jsonl"_s);
        QVERIFY(at.find<QLineEdit>("modelPath")->text().endsWith(u"SmolLM2-135M-Instruct.Q4_1.gguf"_s));
        QVERIFY(!at.isTold(u"first start"_s));
    }

    void docks_size_and_page_are_as_they_were_left() {
        WindowFixture at;
        at.window->showMaximized();
        at.find<QDockWidget>("messagesDock")->toggleViewAction()->trigger();
        QVERIFY(at.find<QDockWidget>("messagesDock")->isHidden());
        choosePage(at, "runsPage");
        QVERIFY(at.find<QDockWidget>("setupDock")->isHidden());

        at.startAgain();

        QVERIFY(at.window->isMaximized());
        QVERIFY(at.find<QWidget>("runsPage")->isVisible());
        QVERIFY(at.find<QDockWidget>("setupDock")->isHidden());
        choosePage(at, "liveView");
        QVERIFY(!at.find<QDockWidget>("setupDock")->isHidden());
        QVERIFY(!at.find<QDockWidget>("playgroundDock")->isHidden());
        QVERIFY(at.find<QDockWidget>("messagesDock")->isHidden());
    }

    void what_cannot_be_read_is_told_and_left_out_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QVariant>("value");
        QTest::addColumn<QString>("told");
        const QString setUp = u"The set-up is as at the first start"_s;
        QTest::newRow("no JSON") << u"setup"_s << QVariant(u"{\"lora\": {"_s) << setUp;
        QTest::newRow("an unknown field") << u"setup"_s << QVariant(u"{\"lorra\": 1}"_s) << setUp;
        QTest::newRow("a value of another kind")
            << u"setup"_s << QVariant(u"{\"lora\": {\"rank\": \"x\"}}"_s) << setUp;
        QTest::newRow("no geometry") << u"window/geometry"_s << QVariant(QByteArray("wide"))
                                     << u"The window's size"_s;
        QTest::newRow("no layout") << u"window/layout"_s << QVariant(QByteArray("\0\0\0\xff", 4))
                                   << u"How the window was divided"_s;
    }

    void what_cannot_be_read_is_told_and_left_out() {
        QFETCH(QString, key);
        QFETCH(QVariant, value);
        QFETCH(QString, told);
        WindowFixture at;

        at.startAgain([&] { QSettings().setValue(key, value); });
        at.open();

        QVERIFY2(at.isTold(told), qPrintable(at.banners().join(u'\n')));
        QCOMPARE(at.find<QAbstractSpinBox>("rank")->text(), u"8"_s);
    }

    void model_and_sample_that_came_since_are_taken_where_none_were_named() {
        FirstRun first;
        first.settings.model = "/models/small.gguf";
        first.settings.data.train = "/sample.jsonl";
        RunSettings last;
        last.lora.rank = 5;

        const RunSettings now = setUpAtStart(first, last);

        QCOMPARE(now.model, first.settings.model);
        QCOMPARE(now.data.train, first.settings.data.train);
        QCOMPARE(now.lora.rank, 5);
    }
};

QTEST_MAIN(RememberedTest)
#include "remembered_test.moc"
