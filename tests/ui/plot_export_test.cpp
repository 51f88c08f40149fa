// Plots as PNG, PDF and CSV files.

#include "engine/error.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_export.h"

#include <QImage>
#include <QTemporaryDir>
#include <QtTest>

using namespace lora;
using namespace Qt::StringLiterals;

class PlotExportTest : public QObject {
    Q_OBJECT

    const Table table_{{u"step"_s, u"loss"_s}, {{u"1"_s, cell(0.1)}, {u"2"_s, cell(1.0 / 3)}}};

    static void draw(QCustomPlot& plot) {
        plot.resize(300, 200);
        plot.addGraph()->setData({1, 2}, {0.1, 1.0 / 3});
        plot.rescaleAxes();
    }

    static QByteArray bytes(const QString& path) {
        QFile file(path);
        return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void a_png_is_a_picture_at_twice_the_size() {
        const QTemporaryDir folder;
        QCustomPlot plot;
        draw(plot);

        exportPlot(plot, table_, folder.filePath(u"loss.png"_s));

        QCOMPARE(QImage(folder.filePath(u"loss.png"_s)).size(), QSize(600, 400));
    }

    void a_caption_stands_above_the_picture_and_leaves_the_plot_as_it_was() {
        const QTemporaryDir folder;
        QCustomPlot plot;
        draw(plot);
        const QImage before = plot.toPixmap().toImage();

        exportPlot(plot, table_, folder.filePath(u"plain.png"_s));
        exportPlot(plot, table_, folder.filePath(u"named.png"_s), u"lamp · Loss"_s);

        QVERIFY(QImage(folder.filePath(u"plain.png"_s)) != QImage(folder.filePath(u"named.png"_s)));
        QCOMPARE(plot.plotLayout()->elementCount(), 1);
        QCOMPARE(plot.toPixmap().toImage(), before);
    }

    void a_pdf_is_a_document() {
        const QTemporaryDir folder;
        QCustomPlot plot;
        draw(plot);

        exportPlot(plot, table_, folder.filePath(u"loss.PDF"_s));

        QVERIFY(bytes(folder.filePath(u"loss.PDF"_s)).startsWith("%PDF"));
    }

    void a_csv_holds_every_digit() {
        const QTemporaryDir folder;
        QCustomPlot plot;

        exportPlot(plot, table_, folder.filePath(u"loss.csv"_s));

        QCOMPARE(bytes(folder.filePath(u"loss.csv"_s)), "step,loss\n1,0.1\n2,0.3333333333333333\n");
    }

    void what_cannot_be_written_is_an_error_that_names_the_file_data() {
        QTest::addColumn<QString>("name");
        for (const char* name :
            {"missing/loss.png", "missing/loss.pdf", "missing/loss.csv", "loss.bmp", "loss"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void what_cannot_be_written_is_an_error_that_names_the_file() {
        QFETCH(QString, name);
        const QTemporaryDir folder;
        QCustomPlot plot;
        draw(plot);
        try {
            exportPlot(plot, table_, folder.filePath(name));
            QFAIL("no error");
        } catch (const Error& error) {
            QVERIFY(QString::fromUtf8(error.what()).contains(folder.filePath(name)));
        }
    }
};

QTEST_MAIN(PlotExportTest)
#include "plot_export_test.moc"
