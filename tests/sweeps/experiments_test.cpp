// The experiments that the project carries: each can be started as it stands, and the table beside them names
// it.

#include "engine/sweeps/sweep.h"

#include <QDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace lora;

namespace {

const QDir experiments(QStringLiteral(EXPERIMENTS));

QStringList files() { return experiments.entryList({u"*.json"_s}, QDir::Files); }

} // namespace

class ExperimentsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void every_file_is_a_sweep_whose_runs_have_no_fault_data() {
        QTest::addColumn<QString>("name");
        QVERIFY(!files().isEmpty());
        for (const QString& file : files()) QTest::newRow(qPrintable(file)) << file.chopped(5);
    }

    void every_file_is_a_sweep_whose_runs_have_no_fault() {
        QFETCH(const QString, name);
        Sweep sweep = read_sweep(experiments.filePath(name + u".json"_s).toStdString());
        QCOMPARE(QString::fromStdString(sweep.name), name);
        QVERIFY(!sweep.about.empty());
        set_base(sweep, "model", "the person who starts it names it");
        for (const PlannedRun& run : planned_runs(sweep))
            QVERIFY2(run.faults.empty(),
                (run.name + ": " + (run.faults.empty() ? "" : run.faults[0].setting)).c_str());
    }

    void the_table_names_every_file() {
        QFile readme(experiments.filePath(u"README.md"_s));
        QVERIFY(readme.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(readme.readAll());
        for (const QString& file : files()) QVERIFY2(text.contains(u"| %1 |"_s.arg(file)), qPrintable(file));
    }
};

QTEST_GUILESS_MAIN(ExperimentsTest)
#include "experiments_test.moc"
