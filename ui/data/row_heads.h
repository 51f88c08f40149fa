#pragma once
// The heads of a block of rows as a table: where each stands, how long it is, what becomes of it, how it
// begins.

#include "engine/survey/readable_row.h"

#include <QAbstractTableModel>
#include <memory>
#include <vector>

namespace lora {

class RowHeads : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Place, Tokens, Learned, Fate, Beginning, Columns };
    using QAbstractTableModel::QAbstractTableModel;

    void setHeads(std::shared_ptr<const std::vector<RowHead>> heads);
    const RowHead* head(int row) const;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::shared_ptr<const std::vector<RowHead>> heads_;
};

} // namespace lora
