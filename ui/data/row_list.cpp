#include "ui/data/row_list.h"

#include "ui/data/row_heads.h"
#include "ui/elements/quantities.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

RowList::RowList(QWidget* parent)
    : QWidget(parent), model_(new RowHeads(this)), view_(new QTableView(this)),
      back_(button(u"blockBefore"_s, u"◂"_s, tr("The rows before these"))),
      on_(button(u"blockBehind"_s, u"▸"_s, tr("The rows behind these"))), where_(new QLabel(this)) {
    setObjectName(u"rowList"_s);
    build();
    view_->installEventFilter(this);
    connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& now) {
            if (!filling_ && now.isValid()) Q_EMIT rowWanted(first_ + now.row());
        });
    connect(back_, &QToolButton::clicked, this, [this] { Q_EMIT rowWanted(first_ - 1); });
    connect(on_, &QToolButton::clicked, this, [this] { Q_EMIT rowWanted(first_ + model_->rowCount()); });
    refresh();
}

void RowList::build() {
    view_->setObjectName(u"rowTable"_s);
    view_->setAccessibleName(tr("Rows"));
    view_->setToolTip(
        tr("A line for each row, fifty at a time; the arrows go on from the last one to the next fifty."));
    view_->setModel(model_);
    view_->setSelectionBehavior(QTableView::SelectRows);
    view_->setSelectionMode(QTableView::SingleSelection);
    view_->setEditTriggers(QTableView::NoEditTriggers);
    view_->setShowGrid(false);
    view_->setAlternatingRowColors(true);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setWordWrap(false);
    view_->setTabKeyNavigation(false);
    view_->setTextElideMode(Qt::ElideRight);
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setDefaultSectionSize(view_->fontMetrics().height() + 6);
    view_->horizontalHeader()->setHighlightSections(false);
    view_->horizontalHeader()->setStretchLastSection(true);
    view_->horizontalHeader()->setMinimumSectionSize(36);
    where_->setObjectName(u"blockWhere"_s);
    where_->setAlignment(Qt::AlignCenter);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(6, 2, 6, 2);
    foot->addWidget(back_);
    foot->addWidget(where_, 1);
    foot->addWidget(on_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(view_, 1);
    column->addLayout(foot);
}

QToolButton* RowList::button(const QString& objectName, const QString& sign, const QString& name) {
    auto* made = new QToolButton(this);
    made->setObjectName(objectName);
    made->setText(sign);
    made->setAutoRaise(true);
    made->setToolTip(name);
    made->setAccessibleName(name);
    made->setFocusPolicy(Qt::StrongFocus);
    return made;
}

void RowList::show(
    std::shared_ptr<const std::vector<RowHead>> heads, std::int64_t selected, std::int64_t rows) {
    filling_ = true;
    const bool isFirst = model_->rowCount() == 0;
    first_ = heads && !heads->empty() ? heads->front().index : 0;
    rows_ = rows;
    model_->setHeads(std::move(heads));
    const QModelIndex current = model_->index(static_cast<int>(selected - first_), 0);
    view_->setCurrentIndex(current);
    view_->scrollTo(current);
    if (isFirst)
        for (int column = 0; column < RowHeads::Beginning; ++column) view_->resizeColumnToContents(column);
    filling_ = false;
    refresh();
}

void RowList::clear() { show(nullptr, 0, 0); }

void RowList::setRowCount(std::int64_t rows) {
    rows_ = rows;
    refresh();
}

void RowList::refresh() {
    const std::int64_t shown = model_->rowCount();
    back_->setEnabled(shown > 0 && first_ > 0);
    on_->setEnabled(shown > 0 && first_ + shown < rows_);
    where_->setText(
        shown == 0
            ? QString()
            : tr("rows %1–%2 of %3").arg(countText(first_ + 1), countText(first_ + shown), countText(rows_)));
}

// The arrows go on from block to block.
bool RowList::eventFilter(QObject* watched, QEvent* event) {
    if (watched != view_ || event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    const int row = view_->currentIndex().row();
    const bool onwards = key == Qt::Key_Down || key == Qt::Key_PageDown;
    if (onwards && row == model_->rowCount() - 1 && on_->isEnabled()) return on_->click(), true;
    const bool backwards = key == Qt::Key_Up || key == Qt::Key_PageUp;
    if (backwards && row == 0 && back_->isEnabled()) return back_->click(), true;
    return QWidget::eventFilter(watched, event);
}

} // namespace lora
