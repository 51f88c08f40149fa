#include "ui/elements/result_table.h"

#include "ui/elements/tool_tip.h"

#include <QCollator>
#include <QHeaderView>
#include <QLocale>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <algorithm>
#include <numeric>
#include <utility>

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
    case Qt::DisplayRole: return cell.text;
    case Qt::ToolTipRole: return plainTip(cell.text);
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

namespace {

/// Words by the numbers in them too: layers.2 comes before layers.10.
class NaturalOrder : public QSortFilterProxyModel {
public:
    explicit NaturalOrder(QObject* parent) : QSortFilterProxyModel(parent) {
        words_.setNumericMode(true);
        setSortRole(ResultTable::sortRole);
    }

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override {
        const QVariant a = left.data(sortRole()), b = right.data(sortRole());
        if (a.typeId() == QMetaType::QString) return words_.compare(a.toString(), b.toString()) < 0;
        return a.toDouble() < b.toDouble();
    }

private:
    QCollator words_{QLocale(QLocale::English)}; // that of no language does not know numbers
};

/// Its columns use the width that is there.
class ResultView : public QTableView {
public:
    ResultView(const ResultTable* table, QWidget* parent) : QTableView(parent), table_(table) {}

    void fit() {
        const int last = table_->columnCount() - 1;
        if (last < 0) return;
        std::vector<int> needed;
        std::vector<bool> isWords;
        for (int column = 0; column <= last; ++column) {
            needed.push_back(
                std::max(sizeHintForColumn(column), horizontalHeader()->sectionSizeHint(column)));
            isWords.push_back(!table_->isNumber(column));
        }
        const int room = viewport()->width();
        const std::vector<int> widths =
            columnWidths(cutWords(std::move(needed), isWords, room), room, isWords.back());
        for (int column = 0; column <= last; ++column)
            setColumnWidth(column, widths[static_cast<std::size_t>(column)]);
    }

protected:
    void resizeEvent(QResizeEvent* event) override {
        QTableView::resizeEvent(event);
        fit();
    }

private:
    const ResultTable* table_;
};

} // namespace

std::vector<int> columnWidths(std::vector<int> needed, int room, bool wordsAtTheEnd) {
    const int spare = room - std::accumulate(needed.begin(), needed.end(), 0);
    if (needed.empty() || spare <= 0) return needed;
    if (wordsAtTheEnd)
        needed.back() += spare;
    else
        for (int& width : needed) width += spare / static_cast<int>(needed.size());
    return needed;
}

std::vector<int> cutWords(std::vector<int> needed, const std::vector<bool>& isWords, int room) {
    constexpr int shortWords = 180; // pixels, and less is not cut
    int most = *std::max_element(needed.begin(), needed.end());
    const auto widthUpTo = [&](int level) {
        int all = 0;
        for (std::size_t i = 0; i < needed.size(); ++i)
            all += isWords[i] ? std::min(needed[i], level) : needed[i];
        return all;
    };
    while (most > shortWords && widthUpTo(most) > room) --most;
    for (std::size_t i = 0; i < needed.size(); ++i)
        if (isWords[i]) needed[i] = std::min(needed[i], std::max(most, shortWords));
    return needed;
}

QTableView* makeResultView(ResultTable* model, const QString& objectName, QWidget* parent) {
    auto* view = new ResultView(model, parent);
    auto* order = new NaturalOrder(view);
    order->setSourceModel(model);
    view->setObjectName(objectName);
    view->setModel(order);
    view->setTabKeyNavigation(false); // arrows go from cell to cell, Tab to the next control
    order->sort(-1);                  // as the rows come
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
    QObject::connect(order, &QAbstractItemModel::modelReset, view, [view] { view->fit(); });
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
