#include "ui/setup/target_table.h"

#include "ui/elements/tool_tip.h"
#include "ui/setup/target_model.h"

#include <QHeaderView>
#include <QMouseEvent>
#include <QPainter>
#include <QStyle>
#include <QStyledItemDelegate>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int lowestCell = 18;
constexpr int rowsShown = 10;

/// Paints a tick as a filled block, so that a whole selection reads as one picture.
class BlockDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(
        QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const QVariant state = index.data(Qt::CheckStateRole);
        if (!state.isValid()) return;
        const bool enabled = option.state.testFlag(QStyle::State_Enabled);
        const QPalette& palette = option.palette;
        const QRectF block = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const bool ticked = state.toInt() == Qt::Checked;
        QColor fill = ticked ? palette.color(QPalette::Active, QPalette::Highlight)
                             : palette.color(QPalette::Active, QPalette::AlternateBase);
        if (!enabled) fill.setAlphaF(0.55F);
        const bool current = option.state.testFlag(QStyle::State_HasFocus);
        painter->setPen(QPen(
            current ? palette.color(QPalette::WindowText) : (ticked ? fill : palette.color(QPalette::Mid)),
            1));
        painter->setBrush(fill);
        painter->drawRoundedRect(block, 3, 3);
        painter->restore();
    }
};

} // namespace

TargetTable::TargetTable(TargetModel* model, QWidget* parent) : QTableView(parent), model_(model) {
    setObjectName(u"targetTable"_s);
    setModel(model);
    setTabKeyNavigation(false); // arrows go from cell to cell, Tab to the next field
    describeControl(*this, tr("Layers and modules"),
        tr("Each cell is a linear that can be adapted. A click or the space bar ticks it, a drag ticks all "
           "that it passes; a click on a row's or column's head ticks all of it."));
    setItemDelegate(new BlockDelegate(this));
    setShowGrid(false);
    setSelectionMode(QAbstractItemView::NoSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    QFont small = font(); // numbers and names fit into a cell's height and width
    small.setPointSizeF(small.pointSizeF() * 0.85);
    for (QHeaderView* each : {horizontalHeader(), verticalHeader()}) each->setFont(small);
    const int numberHeight = verticalHeader()->fontMetrics().height()
                             + 2 * style()->pixelMetric(QStyle::PM_HeaderMargin, nullptr, verticalHeader());
    verticalHeader()->setMinimumSectionSize(std::max(lowestCell, numberHeight)); // no digit is cut
    verticalHeader()->setDefaultSectionSize(verticalHeader()->minimumSectionSize());
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    horizontalHeader()->setMinimumSectionSize(26);
    horizontalHeader()->setHighlightSections(false);
    verticalHeader()->setHighlightSections(false);
    setCornerButtonEnabled(false);
    viewport()->installEventFilter(this);
    connect(horizontalHeader(), &QHeaderView::sectionClicked, model_, &TargetModel::toggleColumn);
    connect(verticalHeader(), &QHeaderView::sectionClicked, model_, &TargetModel::toggleRow);
}

void TargetTable::fitHeight() {
    const int rows = std::clamp(model_->rowCount(), 2, rowsShown);
    setFixedHeight(
        horizontalHeader()->sizeHint().height() + rows * verticalHeader()->defaultSectionSize() + 2);
    setVisible(model_->rowCount() > 0);
}

bool TargetTable::eventFilter(QObject* watched, QEvent* event) {
    const auto type = event->type();
    if (watched != viewport()
        || (type != QEvent::MouseButtonPress && type != QEvent::MouseMove
            && type != QEvent::MouseButtonRelease && type != QEvent::MouseButtonDblClick))
        return QTableView::eventFilter(watched, event);
    const auto* mouse = static_cast<QMouseEvent*>(event);
    const QModelIndex index = indexAt(mouse->position().toPoint());
    const QVariant state = index.data(Qt::CheckStateRole);
    if (type == QEvent::MouseButtonRelease) {
        painting_ = false;
        return true;
    }
    if (type != QEvent::MouseMove && mouse->button() == Qt::LeftButton && state.isValid()) {
        painting_ = true;
        painted_ = mouse->position().toPoint();
        paintsTicks_ = state.toInt() != Qt::Checked;
        setCurrentIndex(index);
    }
    if (painting_ && isEnabled()) paintTo(mouse->position().toPoint());
    return painting_;
}

// A fast hand passes several cells between two events.
void TargetTable::paintTo(const QPoint& here) {
    const QPoint way = here - painted_;
    const int pieces = std::max(1, way.manhattanLength() / (lowestCell / 2));
    for (int piece = 0; piece <= pieces; ++piece) {
        const QModelIndex index = indexAt(painted_ + way * piece / pieces);
        const QVariant state = index.data(Qt::CheckStateRole);
        if (state.isValid() && (state.toInt() == Qt::Checked) != paintsTicks_)
            model_->setData(index, paintsTicks_ ? Qt::Checked : Qt::Unchecked, Qt::CheckStateRole);
    }
    painted_ = here;
}

} // namespace lora
