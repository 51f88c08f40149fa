#include "ui/data/row_heads.h"

#include "ui/elements/quantities.h"
#include "ui/elements/tool_tip.h"

#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QString fateOf(const RowHead& head) {
    QStringList words;
    if (head.left_out) words << RowHeads::tr("left out");
    if (head.cut && !head.left_out) words << RowHeads::tr("cut");
    if (head.duplicate) words << RowHeads::tr("repeated");
    return words.join(u", "_s);
}

QString oneLine(const std::string& text) {
    return QString::fromStdString(text).replace(u'\n', u'↵').replace(u'\t', u'⇥');
}

QString shownIn(const RowHead& head, int column) {
    switch (column) {
    case RowHeads::Place: return countText(head.line);
    case RowHeads::Tokens: return countText(head.length);
    case RowHeads::Learned:
        return head.label.empty() ? countText(head.learned) : QString::fromStdString(head.label);
    case RowHeads::Fate: return fateOf(head);
    default: return oneLine(head.beginning);
    }
}

} // namespace

void RowHeads::setHeads(std::shared_ptr<const std::vector<RowHead>> heads) {
    beginResetModel();
    heads_ = std::move(heads);
    endResetModel();
}

const RowHead* RowHeads::head(int row) const {
    return row < 0 || row >= rowCount() ? nullptr : &heads_->at(static_cast<std::size_t>(row));
}

int RowHeads::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !heads_ ? 0 : static_cast<int>(heads_->size());
}

int RowHeads::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(Columns); }

QVariant RowHeads::data(const QModelIndex& index, int role) const {
    const RowHead* row = head(index.row());
    if (row == nullptr) return {};
    const bool words = index.column() == Fate || index.column() == Beginning;
    switch (role) {
    case Qt::DisplayRole: return shownIn(*row, index.column());
    case Qt::ToolTipRole: return plainTip(shownIn(*row, index.column()));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return tr("Line %1, %2 tokens, %3. %4")
            .arg(row->line)
            .arg(row->length)
            .arg(fateOf(*row), oneLine(row->beginning));
    default: return {};
    }
}

QVariant RowHeads::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    const struct {
        QString name;
        QString meaning;
    } columns[] = {
        {tr("Line"), tr("Where the row begins in the file; of a list or a text, the row's number.")},
        {tr("Tokens"), tr("Of the whole row, before anything is cut off.")},
        {tr("Learned"), tr("Tokens that count in the loss; of a classifier, the label.")},
        {tr("Fate"),
            tr("Cut: its end is beyond the limit. Left out: nothing to learn is within the limit, nobody "
               "trains on it. Repeated: an earlier row is the same, token for token.")},
        {tr("Learned text"),
            tr("How what is learned begins; where nothing is, or a label, how the row begins.")}};
    const auto& column = columns[section];
    switch (role) {
    case Qt::DisplayRole: return column.name;
    case Qt::ToolTipRole: return column.meaning;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((section < Fate ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default: return {};
    }
}

} // namespace lora
