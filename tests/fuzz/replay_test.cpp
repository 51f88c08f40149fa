// Inputs that once broke a reader, or that a stranger would try: each is read to its end, or refused, within
// a moment.

#include "tests/fuzz/readers.h"

#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QTest>
#include <set>

using namespace lora::fuzz;

class ReplayTest : public QObject {
    Q_OBJECT

    static constexpr int longest_ms = 5000;

    static QString corpus() { return QStringLiteral(CORPUS); }

private Q_SLOTS:
    void each_folder_of_inputs_belongs_to_a_reader() {
        std::set<QString> names;
        for (const Reader& reader : readers()) names.insert(QString::fromLatin1(reader.name));
        for (const QString& folder : QDir(corpus()).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            QVERIFY2(names.contains(folder), qPrintable(folder));
    }

    void a_hostile_input_is_read_or_refused_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("reader");
        for (int i = 0; i < static_cast<int>(readers().size()); ++i) {
            const QString name = QString::fromLatin1(readers()[static_cast<std::size_t>(i)].name);
            QDirIterator files(corpus() + u'/' + name, QDir::Files);
            while (files.hasNext()) {
                const QString path = files.next();
                QTest::newRow(qPrintable(name + u'/' + files.fileName())) << path << i;
            }
            QTest::newRow(qPrintable(name + QStringLiteral("/nothing"))) << QString() << i;
        }
    }
    void a_hostile_input_is_read_or_refused() {
        QFETCH(QString, path);
        QFETCH(int, reader);
        QFile file(path);
        QVERIFY(path.isEmpty() || file.open(QIODevice::ReadOnly));
        const QByteArray bytes = path.isEmpty() ? QByteArray() : file.readAll();
        QElapsedTimer clock;
        clock.start();
        readers()[static_cast<std::size_t>(reader)].read(
            {bytes.constData(), static_cast<std::size_t>(bytes.size())});
        QVERIFY2(clock.elapsed() < longest_ms,
            qPrintable(QString::number(clock.elapsed()) + QStringLiteral(" ms")));
    }
};

QTEST_GUILESS_MAIN(ReplayTest)
#include "replay_test.moc"
