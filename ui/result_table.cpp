#include "ui/result_table.h"

#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QTableView>

namespace lora {

void ResultTable::setRows(ResultRows rows) {
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
}

int ResultTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.rows.size());
}

int ResultTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.columns.size());
}

QVariant ResultTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const auto column = static_cast<std::size_t>(index.column());
    const ResultCell& cell = rows_.rows[static_cast<std::size_t>(index.row())][column];
    const bool number = rows_.columns[column].number;
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: return cell.text;
    case sortRole: return number ? QVariant(cell.order) : QVariant(cell.text);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default: return {};
    }
}

QVariant ResultTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section >= columnCount()) return {};
    const ResultColumn& column = rows_.columns[static_cast<std::size_t>(section)];
    switch (role) {
    case Qt::DisplayRole: return column.name;
    case Qt::ToolTipRole:
        return column.meaning.isEmpty() ? QVariant()
                                        : QStringLiteral("<p>%1</p>").arg(column.meaning.toHtmlEscaped());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((column.number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default: return {};
    }
}

QTableView* makeResultView(ResultTable* model, const QString& objectName, QWidget* parent) {
    auto* view = new QTableView(parent);
    auto* order = new QSortFilterProxyModel(view);
    order->setSourceModel(model);
    order->setSortRole(ResultTable::sortRole);
    view->setObjectName(objectName);
    view->setModel(order);
    order->sort(-1); // as the rows come
    view->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    view->setSortingEnabled(true);
    view->setSelectionBehavior(QTableView::SelectRows);
    view->setSelectionMode(QTableView::SingleSelection);
    view->setEditTriggers(QTableView::NoEditTriggers);
    view->setShowGrid(false);
    view->setAlternatingRowColors(true);
    view->setFrameShape(QFrame::NoFrame);
    view->setWordWrap(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + 8);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    view->horizontalHeader()->setStretchLastSection(true);
    return view;
}

int selectedRow(const QTableView& view) {
    const QModelIndexList rows = view.selectionModel()->selectedRows();
    if (rows.isEmpty()) return -1;
    return static_cast<const QSortFilterProxyModel*>(view.model())->mapToSource(rows.constFirst()).row();
}

void selectRow(QTableView& view, int row) {
    const auto* order = static_cast<const QSortFilterProxyModel*>(view.model());
    const QModelIndex index = order->mapFromSource(order->sourceModel()->index(row, 0));
    if (index.isValid()) view.selectRow(index.row());
}

} // namespace lora
