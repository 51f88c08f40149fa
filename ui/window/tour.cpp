#include "ui/window/tour.h"

#include "ui/elements/words.h"
#include "ui/window/tour_bubbles.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMainWindow>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

const QString seenKey = u"tour/seen"_s;
constexpr int bubbleWidth = 320;
constexpr int bubbleGap = 10; // between a bubble and what it points at

/// A line around what a bubble points at, which stays as legible and usable as it was.
class Outline : public QWidget {
public:
    explicit Outline(QWidget* parent) : QWidget(parent) { setAttribute(Qt::WA_TransparentForMouseEvents); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
};

} // namespace

void Tour::end(const QMainWindow& window) {
    if (auto* tour = window.findChild<Tour*>()) tour->leave();
}

void Tour::start(QMainWindow& window) {
    delete window.findChild<Tour*>();
    auto* tour = new Tour(window);
    tour->go(0);
    tour->show();
    tour->next_->setFocus();
}

void Tour::startOnce(QMainWindow& window) {
    if (QSettings().value(seenKey).toBool() || window.findChild<Tour*>() != nullptr) return;
    auto* tour = new Tour(window);
    tour->go(0);
    tour->show(); // without the focus: who knows the way goes on working
}

Tour::Tour(QMainWindow& window)
    : QFrame(&window), window_(window), mark_(new Outline(&window)), title_(new QLabel(this)),
      words_(new QLabel(this)), count_(new QLabel(this)), leave_(new QPushButton(tr("Leave the tour"), this)),
      back_(new QPushButton(tr("Back"), this)), next_(new QPushButton(this)) {
    setObjectName(u"tour"_s);
    setAccessibleName(tr("First tour"));
    build();
    window_.installEventFilter(this);
}

Tour::~Tour() { delete mark_; }

void Tour::build() {
    setAutoFillBackground(false);
    QFont bold = title_->font();
    bold.setBold(true);
    title_->setFont(bold);
    title_->setObjectName(u"tourTitle"_s);
    words_->setWordWrap(true);
    words_->setFixedWidth(bubbleWidth - 28);
    count_->setForegroundRole(QPalette::PlaceholderText);
    leave_->setObjectName(u"tourLeave"_s);
    leave_->setToolTip(tr("It can be started again from Help (Escape)"));
    back_->setObjectName(u"tourBack"_s);
    back_->setToolTip(tr("The bubble before"));
    next_->setObjectName(u"tourNext"_s);
    next_->setToolTip(tr("The next bubble, or the end of the tour"));
    for (QPushButton* button : {leave_, back_, next_}) button->setAutoDefault(true); // Return presses it
    auto* head = new QHBoxLayout;
    head->addWidget(title_, 1);
    head->addWidget(count_);
    auto* foot = new QHBoxLayout;
    foot->addWidget(leave_);
    foot->addStretch();
    foot->addWidget(back_);
    foot->addWidget(next_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, 12, 14, 12);
    column->setSpacing(8);
    column->addLayout(head);
    column->addWidget(words_);
    column->addLayout(foot);
    connect(leave_, &QPushButton::clicked, this, &Tour::leave);
    connect(back_, &QPushButton::clicked, this, [this] { go(bubble_ - 1); });
    connect(next_, &QPushButton::clicked, this, [this] { go(bubble_ + 1); });
}

void Tour::go(int bubble) {
    const int count = static_cast<int>(tourBubbles().size());
    if (bubble >= count) return leave();
    bubble_ = std::max(bubble, 0);
    const TourBubble& now = tourBubbles()[static_cast<std::size_t>(bubble_)];
    if (auto* pages = window_.findChild<QTabWidget*>(u"pages"_s)) pages->setCurrentIndex(0);
    anchor_ = window_.findChild<QWidget*>(QLatin1StringView(now.anchor));
    title_->setText(lora::tr(now.title));
    words_->setText(lora::tr(now.words));
    count_->setText(tr("%1 of %2").arg(bubble_ + 1).arg(count));
    back_->setEnabled(bubble_ > 0);
    next_->setText(bubble_ + 1 < count ? tr("Next") : tr("Done"));
    place();
}

void Tour::leave() {
    QSettings().setValue(seenKey, true);
    deleteLater();
    hide();
}

// Beside what it points at, where there is most room; in the middle where that is put away.
void Tour::place() {
    adjustSize();
    const QRect all = window_.rect();
    QRect at(all.center() - rect().center(), size());
    if (anchor_ && anchor_->isVisible()) {
        const QRect there(anchor_->mapTo(&window_, QPoint()), anchor_->size());
        const int right = all.right() - there.right(), left = there.left();
        const int above = there.top(), below = all.bottom() - there.bottom();
        const bool isLow = there.height() < height() / 2; // a row, beneath which there is room
        if (!isLow && std::max(right, left) >= width() + 2 * bubbleGap)
            at.moveTopLeft({right >= left ? there.right() + bubbleGap : there.left() - bubbleGap - width(),
                there.center().y() - height() / 2});
        else
            at.moveTopLeft({there.center().x() - width() / 2,
                above >= below ? there.top() - bubbleGap - height() : there.bottom() + bubbleGap});
    }
    at.moveLeft(std::clamp(at.left(), bubbleGap, std::max(bubbleGap, all.right() - bubbleGap - width())));
    at.moveTop(std::clamp(at.top(), bubbleGap, std::max(bubbleGap, all.bottom() - bubbleGap - height())));
    move(at.topLeft());
    markAnchor();
    raise();
}

void Tour::markAnchor() {
    const bool seen = anchor_ && anchor_->isVisible();
    mark_->setVisible(seen);
    if (!seen) return;
    mark_->setGeometry(QRect(anchor_->mapTo(&window_, QPoint()), anchor_->size()));
    mark_->raise();
}

bool Tour::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &window_ && (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest))
        place();
    // Whatever has the focus, where it does not take the key itself.
    if (watched == &window_ && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape)
        leave();
    return QFrame::eventFilter(watched, event);
}

void Tour::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return leave();
    QFrame::keyPressEvent(event);
}

// Painted, not styled: a style sheet changes the palette that its own colours come from.
void Tour::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 8, 8);
}

} // namespace lora
