// What is told as a banner and what in the log alone.

#include "tests/ui/silent_engine.h"
#include "ui/window/message_log.h"
#include "ui/window/notices.h"

using namespace lora;

class NoticesTest : public QObject {
    Q_OBJECT

    static qsizetype banners(const BannerArea& area) { return area.findChildren<Banner*>().size(); }

private Q_SLOTS:
    void a_runs_end_is_a_banner() {
        SilentEngine engine;
        BannerArea area;
        MessageLog log;
        Notices notices(engine.link(), &area, &log);
        engine.say(RunStarted{});
        engine.say(RunEnded{.run = {}, .finished = true, .step = 9, .adapter = "/runs/one/adapter"});
        QCOMPARE(banners(area), 1);
        QVERIFY(log.toPlainText().contains(QStringLiteral("/runs/one/adapter")));
    }

    void the_runs_of_a_sweep_end_in_the_log_and_the_sweep_in_a_banner() {
        SilentEngine engine;
        BannerArea area;
        MessageLog log;
        Notices notices(engine.link(), &area, &log);
        engine.say(SweepChanged{.folder = "/sweeps/ranks", .table = {}, .current = {}});
        for (const char* result : {"/first/adapter", "/second/adapter"}) {
            engine.say(RunStarted{});
            engine.say(RunEnded{.run = {}, .finished = true, .step = 9, .adapter = result});
            QVERIFY(log.toPlainText().contains(QString::fromLatin1(result)));
        }
        QCOMPARE(banners(area), 0);

        engine.say(SweepChanged{.folder = "/sweeps/ranks", .table = {}, .current = {}, .over = true});
        QCOMPARE(banners(area), 1);

        engine.say(RunEnded{.run = {}, .finished = true, .step = 9, .adapter = "/runs/one/adapter"});
        QCOMPARE(banners(area), 2);
    }
};

QTEST_MAIN(NoticesTest)
#include "notices_test.moc"
