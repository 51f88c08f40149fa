#pragma once
// A table of results that can be sorted: rows and columns as plain values, and the item model that shows
// them.

#include <QAbstractTableModel>
#include <QString>
#include <QStringList>
#include <vector>

class QTableView;

namespace lora {

struct ResultCell {
    QString text;
    double order = 0; ///< what a column of numbers is sorted by
};

struct ResultColumn {
    QString name;
    QString meaning; ///< a sentence for a tool tip
    bool number = true;
};

struct ResultRows {
    std::vector<ResultColumn> columns;
    std::vector<std::vector<ResultCell>> rows;
};

class ResultTable : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr int sortRole = Qt::UserRole;

    using QAbstractTableModel::QAbstractTableModel;

    void setRows(ResultRows rows);
    bool isNumber(int column) const { return rows_.columns[static_cast<std::size_t>(column)].number; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    ResultRows rows_;
};

/// Widths of columns that need so much each: what is left of `room` goes to the last one where that holds
/// words, else to all alike.
std::vector<int> columnWidths(std::vector<int> needed, int room, bool wordsAtTheEnd);

/// What the same columns get where there is less room: long words end in … so that all columns are in sight,
/// numbers and short words stay whole. `isWords` has as many entries.
std::vector<int> cutWords(std::vector<int> needed, const std::vector<bool>& isWords, int room);

/// A view of it that sorts, with the distances that all tables share. `row(view)` is the selected row of the
/// model; -1 if none is.
QTableView* makeResultView(ResultTable* model, const QString& objectName, QWidget* parent);
int selectedRow(const QTableView& view);
void selectRow(QTableView& view, int row);

} // namespace lora
