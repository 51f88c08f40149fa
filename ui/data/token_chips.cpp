#include "ui/data/token_chips.h"

#include "ui/data/chip.h"
#include "ui/elements/quantities.h"
#include "ui/elements/tool_tip.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int margin = ChipPlaces::margin;

} // namespace

TokenChips::TokenChips(QWidget* parent) : QAbstractScrollArea(parent) {
    setObjectName(u"tokenChips"_s);
    setFrameShape(NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    setAccessibleName(tr("Tokens of the row"));
    setToolTip(tr("One chip is one token. Click it, or go through them with the arrow keys."));
    viewport()->setAutoFillBackground(true);
    viewport()->setBackgroundRole(QPalette::Base);
    auto* text = new QAction(tr("Copy the text"), this);
    text->setShortcut(QKeySequence::Copy);
    text->setShortcutContext(Qt::WidgetShortcut);
    auto* ids = new QAction(tr("Copy the ids"), this);
    addActions({text, ids});
    connect(text, &QAction::triggered, this, &TokenChips::copyText);
    connect(ids, &QAction::triggered, this, &TokenChips::copyIds);
}

void TokenChips::setRow(std::shared_ptr<const ReadableRow> row, const QString& hint) {
    row_ = std::move(row);
    hint_ = hint;
    current_ = -1;
    setAccessibleDescription(hint);
    measure();
    verticalScrollBar()->setValue(0);
    viewport()->update();
}

void TokenChips::measure() {
    const ChipSizes sizes(font());
    sizes_.clear();
    for (std::size_t i = 0; i < count(); ++i)
        sizes_.push_back(sizes.of(chipText(row_->tokens[i]), stateOf(row_->tokens[i])));
    layOut();
}

void TokenChips::layOut() {
    const int line = ChipSizes(font()).height() + ChipPlaces::gap + 2;
    places_.layOut(
        sizes_, [this](std::size_t chip) { return breaksLine(row_->tokens[chip]); }, viewport()->width(),
        line);
    verticalScrollBar()->setRange(0, std::max(0, places_.height() - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(line);
}

QRect TokenChips::placeOf(int token) const {
    return places_.of(token).translated(0, -verticalScrollBar()->value());
}

void TokenChips::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.setFont(font());
    if (count() == 0) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(
            viewport()->rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, hint_);
        return;
    }
    const int top = event->rect().top() + verticalScrollBar()->value();
    for (std::size_t i = places_.firstFrom(top); i < count(); ++i) {
        const QRect place = placeOf(static_cast<int>(i));
        if (place.top() > event->rect().bottom()) return;
        const ReadableToken& token = row_->tokens[i];
        paintChip(
            painter, place, chipText(token), stateOf(token), palette(), static_cast<int>(i) == current_);
    }
    if (row_->more == 0) return;
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(QPoint(margin, places_.height() - margin - verticalScrollBar()->value()),
        tr("… and %1 more tokens").arg(countText(row_->more)));
}

void TokenChips::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    layOut();
}

void TokenChips::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange) measure();
    viewport()->update();
}

int TokenChips::tokenAt(const QPoint& where) const {
    return places_.at(where + QPoint(0, verticalScrollBar()->value()));
}

void TokenChips::choose(int token) {
    if (token < 0 || token >= static_cast<int>(count())) return;
    current_ = token;
    const QRect place = placeOf(token);
    QScrollBar* bar = verticalScrollBar();
    if (place.top() < margin) bar->setValue(bar->value() + place.top() - margin);
    if (place.bottom() > viewport()->height() - margin)
        bar->setValue(bar->value() + place.bottom() - viewport()->height() + margin);
    const auto index = static_cast<std::size_t>(token);
    setAccessibleDescription(sentenceOf(row_->tokens[index], index, count()));
    viewport()->update();
    Q_EMIT currentChanged(token);
}

void TokenChips::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) choose(tokenAt(event->pos()));
}

void TokenChips::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(count()) - 1;
    switch (event->key()) {
    case Qt::Key_Left: return choose(std::max(0, current_ - 1));
    case Qt::Key_Right: return choose(std::min(last, current_ + 1));
    case Qt::Key_Up: return choose(places_.across(current_, -1));
    case Qt::Key_Down: return choose(places_.across(current_, 1));
    case Qt::Key_Home: return choose(0);
    case Qt::Key_End: return choose(last);
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

bool TokenChips::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int token = tokenAt(help->pos());
    const auto index = static_cast<std::size_t>(std::max(token, 0));
    QToolTip::showText(help->globalPos(),
        token < 0 ? toolTip() : plainTip(sentenceOf(row_->tokens[index], index, count())), viewport());
    return true;
}

void TokenChips::copyText() const {
    QString text;
    for (std::size_t i = 0; i < count(); ++i) text += QString::fromStdString(row_->tokens[i].text);
    QGuiApplication::clipboard()->setText(text);
}

void TokenChips::copyIds() const {
    QStringList ids;
    for (std::size_t i = 0; i < count(); ++i)
        if (!row_->tokens[i].cut_off) ids << QString::number(row_->tokens[i].id);
    QGuiApplication::clipboard()->setText(ids.join(u", "_s));
}

} // namespace lora
