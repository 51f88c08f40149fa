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

/// Words above the plot for as long as it lives.
class Caption {
public:
    Caption(QCustomPlot& plot, const QString& words) : plot_(plot) {
        if (words.isEmpty()) return;
        element_ = new QCPTextElement(&plot, words, plot.xAxis->labelFont());
        element_->setTextColor(plot.xAxis->labelColor());
        element_->setMargins(QMargins(8, 6, 8, 2));
        plot.plotLayout()->insertRow(0);
        plot.plotLayout()->addElement(0, 0, element_);
    }
    Caption(const Caption&) = delete;
    Caption& operator=(const Caption&) = delete;
    ~Caption() {
        if (element_ == nullptr) return;
        plot_.plotLayout()->remove(element_);
        plot_.plotLayout()->simplify();
        plot_.replot(QCustomPlot::rpQueuedReplot);
    }

private:
    QCustomPlot& plot_;
    QCPTextElement* element_ = nullptr;
};

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

void exportPlot(QCustomPlot& plot, const Table& table, const QString& path, const QString& caption) {
    const QString kind = QFileInfo(path).suffix().toLower();
    const Caption above(plot, kind == "csv"_L1 ? QString() : caption);
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
