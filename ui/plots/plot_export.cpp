#include "ui/plots/plot_export.h"

#include "engine/error.h"
#include "engine/files/csv.h"
#include "ui/plots/plot.h"

#include <QFileInfo>
#include <QLocale>
#include <QSaveFile>
#include <cmath>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr double pngScale = 2; // for print and dense displays

void writeText(const QString& path, const QString& text) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8()) < 0 || !file.commit())
        throw Error(path.toStdString() + ": could not be written: " + file.errorString().toStdString());
}

} // namespace

QString cell(double value) {
    return std::isfinite(value) ? QString::number(value, 'g', QLocale::FloatingPointShortest) : QString();
}

QString cell(std::optional<double> value) { return value ? cell(*value) : QString(); }

QString toCsv(const Table& table) {
    std::string text;
    const auto append = [&text](const QStringList& row) {
        std::vector<std::string> cells;
        for (const QString& each : row) cells.push_back(each.toStdString());
        text += csv_line(cells);
    };
    append(table.header);
    for (const QStringList& row : table.rows) append(row);
    return QString::fromStdString(text);
}

void exportPlot(QCustomPlot& plot, const Table& table, const QString& path) {
    const QString kind = QFileInfo(path).suffix().toLower();
    bool written = true;
    if (kind == "csv"_L1)
        writeText(path, toCsv(table));
    else if (kind == "png"_L1)
        written = plot.savePng(path, 0, 0, pngScale);
    else if (kind == "pdf"_L1)
        written = plot.savePdf(path);
    else
        fail(path.toStdString(), "the ending '" + kind.toStdString() + "'", "png, pdf or csv");
    if (!written)
        throw Error(path.toStdString() + ": the picture could not be written; is the folder writable?");
}

} // namespace lora
