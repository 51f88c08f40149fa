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
#include <cstdlib>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int margin = 8;
constexpr int gap = 3;

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

// Chips side by side as letters are, a new line where the text has one.
void TokenChips::layOut() {
    places_.clear();
    const int right = viewport()->width() - margin;
    const int line = ChipSizes(font()).height() + gap + 2;
    int x = margin, y = margin;
    for (std::size_t i = 0; i < count(); ++i) {
        QSize size = sizes_[i];
        size.setWidth(std::min(size.width(), std::max(1, right - margin)));
        if (x > margin && x + size.width() > right) {
            x = margin;
            y += line;
        }
        places_.emplace_back(QPoint(x, y), size);
        x += size.width() + gap;
        if (!breaksLine(row_->tokens[i])) continue;
        x = margin;
        y += line;
    }
    height_ = y + line + margin;
    verticalScrollBar()->setRange(0, std::max(0, height_ - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(line);
}

QRect TokenChips::placeOf(int token) const {
    return places_.at(static_cast<std::size_t>(token)).translated(0, -verticalScrollBar()->value());
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
    const auto first = std::partition_point(
        places_.begin(), places_.end(), [top](const QRect& place) { return place.bottom() < top; });
    for (auto i = static_cast<std::size_t>(first - places_.begin()); i < count(); ++i) {
        const QRect place = placeOf(static_cast<int>(i));
        if (place.top() > event->rect().bottom()) return;
        const ReadableToken& token = row_->tokens[i];
        paintChip(
            painter, place, chipText(token), stateOf(token), palette(), static_cast<int>(i) == current_);
    }
    if (row_->more == 0) return;
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(QPoint(margin, height_ - margin - verticalScrollBar()->value()),
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
    const QPoint at = where + QPoint(0, verticalScrollBar()->value());
    const auto found =
        std::find_if(places_.begin(), places_.end(), [at](const QRect& place) { return place.contains(at); });
    return found == places_.end() ? -1 : static_cast<int>(found - places_.begin());
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

int TokenChips::across(int lines) const {
    if (current_ < 0) return 0;
    const QRect here = places_[static_cast<std::size_t>(current_)];
    int best = current_;
    int line = here.top();
    for (int i = current_; i >= 0 && i < static_cast<int>(count()); i += lines) {
        const QRect& place = places_[static_cast<std::size_t>(i)];
        if (place.top() == here.top()) continue;
        if (line == here.top()) line = place.top();
        if (place.top() != line) break;
        const auto distance = [&](int other) {
            const QRect& there = places_[static_cast<std::size_t>(other)];
            return there.top() != line ? width() : std::abs(there.center().x() - here.center().x());
        };
        if (distance(i) < distance(best)) best = i;
    }
    return best;
}

void TokenChips::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) choose(tokenAt(event->pos()));
}

void TokenChips::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(count()) - 1;
    switch (event->key()) {
    case Qt::Key_Left: return choose(std::max(0, current_ - 1));
    case Qt::Key_Right: return choose(std::min(last, current_ + 1));
    case Qt::Key_Up: return choose(across(-1));
    case Qt::Key_Down: return choose(across(1));
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
