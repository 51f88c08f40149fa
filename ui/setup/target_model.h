#pragma once
// Which linears are adapted: the grid of blocks × modules as an item model with a tick in each real cell.

#include "ui/plots/layer_grid.h"

#include <QAbstractTableModel>
#include <set>
#include <string>
#include <vector>

namespace lora {

class TargetModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    void setGrid(const LayerGrid& grid);
    const LayerGrid& grid() const { return grid_; }
    /// In the model's order.
    std::vector<std::string> ticked() const;
    /// Paths that the grid does not have are left out.
    void setTicked(const std::vector<std::string>& paths);
    /// Ticks all of a row or column; where all are ticked, unticks them.
    void toggleRow(int row);
    void toggleColumn(int column);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void tickedChanged();

private:
    void toggle(const std::vector<const LinearInfo*>& linears);
    void announceAll();

    LayerGrid grid_;
    std::set<std::string> ticked_;
};

} // namespace lora
