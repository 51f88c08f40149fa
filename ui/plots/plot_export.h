#pragma once
// A plot as a file: picture, document, or the numbers behind it.

#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

class QCustomPlot;

namespace lora {

/// The full data of a plot. A cell without a value is left empty.
struct Table {
    QStringList header;
    std::vector<QStringList> rows;
};

/// A number with all its digits, for a table.
QString cell(double value);
QString cell(std::optional<double> value);

/// RFC 4180: comma separated, quoted where needed.
QString toCsv(const Table& table);

/// PNG, PDF or CSV by the path's ending; `caption` stands above a picture and says what it is of. Throws
/// Error if it cannot be written or the ending is another one.
void exportPlot(QCustomPlot& plot, const Table& table, const QString& path, const QString& caption = {});

} // namespace lora
