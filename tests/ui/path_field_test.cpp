// The field for a path: what is typed into it.

#include "ui/elements/path_field.h"

#include <QDir>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace lora;
using namespace Qt::StringLiterals;

class PathFieldTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_long_path_is_shown_from_a_folders_name_on() {
        const QLineEdit any;
        const QFontMetrics metrics = any.fontMetrics();
        const QString path = u"/home/ada/models/SmolLM2-135M-Instruct/SmolLM2.gguf"_s;
        const auto inRoomOf = [&](const QString& text) {
            return shortenedPath(path, metrics, metrics.horizontalAdvance(text));
        };
        QCOMPARE(inRoomOf(path), path);
        QCOMPARE(inRoomOf(u"…/models/SmolLM2-135M-Instruct/SmolLM2.gguf"_s),
            u"…/models/SmolLM2-135M-Instruct/SmolLM2.gguf"_s);
        QCOMPARE(
            inRoomOf(u"xx/SmolLM2-135M-Instruct/SmolLM2.gguf"_s), u"…/SmolLM2-135M-Instruct/SmolLM2.gguf"_s);
        QCOMPARE(inRoomOf(u"uct/SmolLM2.gguf"_s), u"…/SmolLM2.gguf"_s);
        const QString shortest = inRoomOf(u"Smol.gguf"_s); // its end says of what kind it is
        QVERIFY2(shortest.startsWith(u'S') && shortest.endsWith(u'f'), qPrintable(shortest));
    }

    void a_tilde_at_the_front_is_the_home_folder_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("expected");
        QTest::newRow("alone") << u"~"_s << QDir::homePath();
        QTest::newRow("a path in it") << u"~/models/a ~ b"_s << QDir::homePath() + u"/models/a ~ b"_s;
        QTest::newRow("within a path") << u"/models/~/a"_s << u"/models/~/a"_s;
        QTest::newRow("of a name") << u"~backup"_s << u"~backup"_s;
    }
    void a_tilde_at_the_front_is_the_home_folder() {
        QFETCH(QString, typed);
        QFETCH(QString, expected);
        PathField field(u"path"_s, {});
        const QSignalSpy entered(&field, &PathField::pathEntered);
        auto* line = field.findChild<QLineEdit*>(u"path"_s);
        QTest::keyClicks(line, typed);
        QTest::keyClick(line, Qt::Key_Return);
        QCOMPARE(entered.size(), 1);
        QCOMPARE(entered.front().front().toString(), expected);
        QCOMPARE(field.path(), expected);
    }
};

QTEST_MAIN(PathFieldTest)
#include "path_field_test.moc"
