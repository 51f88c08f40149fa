// Exceptions that nobody expected, in an event and in a reader beside the window: told, and survived.

#include "engine/error.h"
#include "ui/elements/background_reader.h"
#include "ui/window/guarded_application.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <functional>
#include <new>

using namespace lora;

using Break = std::function<void()>;
Q_DECLARE_METATYPE(Break)

namespace {

void breaks() {
    QTest::addColumn<Break>("breaks");
    QTest::addColumn<QString>("told");
    const auto row = [](const char* name, const Break& each, const char* told) {
        QTest::newRow(name) << each << QString::fromUtf8(told);
    };
    row(
        "our own", [] { fail("a.json", "nothing", "something"); },
        "a.json: found nothing, expected something");
    row(
        "no memory", [] { throw std::bad_alloc(); }, "There is not enough memory");
    row(
        "a link to itself",
        [] {
            const QTemporaryDir folder;
            const std::string link = folder.filePath(QStringLiteral("link")).toStdString();
            std::filesystem::create_symlink("link", link);
            (void)std::filesystem::exists(link);
        },
        "/link: found 'Too many levels of symbolic links'");
    row(
        "another library's", [] { throw std::out_of_range("vector"); }, "vector");
}

} // namespace

class GuardedApplicationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void an_event_that_breaks_is_told_and_the_next_one_is_served_data() { breaks(); }
    void an_event_that_breaks_is_told_and_the_next_one_is_served() {
        QFETCH(Break, breaks);
        QFETCH(QString, told);
        const QSignalSpy broke(qApp, SIGNAL(broke(QString)));
        QPushButton button;
        int clicks = 0;
        connect(&button, &QPushButton::clicked, &button, [&] {
            if (++clicks == 1) breaks();
        });
        button.show();

        QTest::mouseClick(&button, Qt::LeftButton);
        QTRY_COMPARE(broke.size(), 1);
        QVERIFY2(broke.at(0).at(0).toString().contains(told), qPrintable(broke.at(0).at(0).toString()));
        QTest::mouseClick(&button, Qt::LeftButton);
        QCOMPARE(clicks, 2);
    }

    void a_reader_that_breaks_is_told_and_the_next_one_reads_data() { breaks(); }
    void a_reader_that_breaks_is_told_and_the_next_one_reads() {
        QFETCH(Break, breaks);
        QFETCH(QString, told);
        BackgroundReader reader;
        QString why;
        int read = 0;
        const auto failed = [&](const QString& words) { why = words; };
        const auto answer = [&](int value) { read = value; };
        reader.read([breaks] { return breaks(), 1; }, answer, failed);
        reader.read([] { return 2; }, answer, failed);
        QTRY_COMPARE(read, 2);
        QVERIFY2(why.contains(told), qPrintable(why));
    }
};

int main(int count, char** words) {
    GuardedApplication application(count, words);
    GuardedApplicationTest test;
    return QTest::qExec(&test, count, words);
}

#include "guarded_application_test.moc"
