#include "ui/setup/target_model.h"

#include "ui/elements/tool_tip.h"

#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

void TargetModel::setGrid(const LayerGrid& grid) {
    beginResetModel();
    grid_ = grid;
    ticked_.clear();
    endResetModel();
    Q_EMIT tickedChanged();
}

std::vector<std::string> TargetModel::ticked() const {
    std::vector<std::string> paths;
    for (const LinearInfo& linear : grid_.linears())
        if (ticked_.contains(linear.path)) paths.push_back(linear.path);
    return paths;
}

void TargetModel::setTicked(const std::vector<std::string>& paths) {
    const std::set<std::string> wanted(paths.begin(), paths.end());
    ticked_.clear();
    for (const LinearInfo& linear : grid_.linears())
        if (wanted.contains(linear.path)) ticked_.insert(linear.path);
    announceAll();
}

void TargetModel::toggleRow(int row) {
    std::vector<const LinearInfo*> linears;
    for (int column = 0; column < grid_.modules(); ++column)
        if (const LinearInfo* linear = grid_.at(row, column)) linears.push_back(linear);
    toggle(linears);
}

void TargetModel::toggleColumn(int column) {
    std::vector<const LinearInfo*> linears;
    for (int row = 0; row < grid_.layers(); ++row)
        if (const LinearInfo* linear = grid_.at(row, column)) linears.push_back(linear);
    toggle(linears);
}

void TargetModel::toggle(const std::vector<const LinearInfo*>& linears) {
    const bool all = std::all_of(linears.begin(), linears.end(),
        [this](const LinearInfo* each) { return ticked_.contains(each->path); });
    for (const LinearInfo* each : linears) {
        if (all)
            ticked_.erase(each->path);
        else
            ticked_.insert(each->path);
    }
    announceAll();
}

void TargetModel::announceAll() {
    if (rowCount() > 0 && columnCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {Qt::CheckStateRole});
    Q_EMIT tickedChanged();
}

int TargetModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : grid_.layers(); }

int TargetModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : grid_.modules();
}

QVariant TargetModel::data(const QModelIndex& index, int role) const {
    const LinearInfo* linear = index.isValid() ? grid_.at(index.row(), index.column()) : nullptr;
    if (!linear) return {};
    if (role == Qt::CheckStateRole) return ticked_.contains(linear->path) ? Qt::Checked : Qt::Unchecked;
    if (role == Qt::ToolTipRole)
        return plainTip(
            tr("%1\n%2 → %3").arg(QString::fromStdString(linear->path)).arg(linear->in).arg(linear->out));
    return {};
}

bool TargetModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const LinearInfo* linear = index.isValid() ? grid_.at(index.row(), index.column()) : nullptr;
    if (!linear || role != Qt::CheckStateRole) return false;
    if (value.toInt() == Qt::Checked)
        ticked_.insert(linear->path);
    else
        ticked_.erase(linear->path);
    Q_EMIT dataChanged(index, index, {Qt::CheckStateRole});
    Q_EMIT tickedChanged();
    return true;
}

Qt::ItemFlags TargetModel::flags(const QModelIndex& index) const {
    if (!index.isValid() || !grid_.at(index.row(), index.column())) return Qt::NoItemFlags;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable;
}

QVariant TargetModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const bool down = orientation == Qt::Vertical;
    if (section < 0 || section >= (down ? grid_.layers() : grid_.modules())) return {};
    if (role == Qt::DisplayRole) return down ? grid_.layerLabel(section) : grid_.module(section).label;
    if (role != Qt::ToolTipRole) return {};
    if (down) return tr("Layer %1: a click ticks or unticks all of it").arg(grid_.layerLabel(section));
    const LinearInfo* first = grid_.layers() > 0 ? grid_.at(0, section) : nullptr;
    const QString shape = first ? tr(" (%1 → %2)").arg(first->in).arg(first->out) : QString();
    return plainTip(tr("%1%2: a click ticks or unticks it in all layers")
                        .arg(QString::fromStdString(grid_.module(section).key), shape));
}

} // namespace lora
