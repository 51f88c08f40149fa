#include "ui/elements/banner.h"

#include "engine/settings/wording.h"
#include "ui/elements/elided_label.h"
#include "ui/elements/theme.h"
#include "ui/elements/tool_tip.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QStackedLayout>
#include <QStyle>
#include <QTimer>
#include <QToolButton>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostBanners = 12; // beyond them the oldest goes; Messages keeps it
constexpr int edgeWidth = 4;
constexpr int leastTime = 6000; // in ms, for a note that goes by itself
constexpr int timePerCharacter = 50;

} // namespace

Banner::Banner(
    BannerKind kind, const QString& text, const std::vector<BannerAction>& actions, QWidget* parent)
    : QWidget(parent), kind_(kind), text_(QString::fromStdString(in_labels(text.toStdString()))) {
    setObjectName(u"banner"_s);
    setToolTip(plainTip(text_));
    auto* line = new ElidedLabel(text_.simplified(), this);
    line->setObjectName(u"bannerText"_s);
    line->setTextFormat(Qt::PlainText);
    line->setAccessibleName(text_);
    line->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    line->setCursor(Qt::PointingHandCursor);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(14, 0, 4, 0);
    row->setSpacing(8);
    row->addWidget(line, 1);
    for (const auto& [words, act] : actions) {
        auto* button = new QPushButton(words, this);
        button->setToolTip(plainTip(text_));
        connect(button, &QPushButton::clicked, this, [this, act = act] {
            deleteLater();
            act();
        });
        row->addWidget(button, 0, Qt::AlignVCenter);
    }
    auto* dismiss = new QToolButton(this);
    dismiss->setObjectName(u"dismissBanner"_s);
    dismiss->setText(u"✕"_s);
    dismiss->setToolTip(tr("Dismiss"));
    dismiss->setAccessibleName(tr("Dismiss"));
    dismiss->setAutoRaise(true);
    connect(dismiss, &QToolButton::clicked, this, &QObject::deleteLater);
    row->addWidget(dismiss, 0, Qt::AlignVCenter);
}

// Nobody has read what came while another window was in front.
void Banner::goAfter(int milliseconds) {
    QTimer::singleShot(milliseconds, this, [this, milliseconds] {
        if (isActiveWindow())
            deleteLater();
        else
            goAfter(milliseconds);
    });
}

void Banner::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) Q_EMIT clicked();
}

// Painted, not styled: a style sheet changes the palette that its own colours come from.
void Banner::paintEvent(QPaintEvent*) {
    const SignalColors colors = signalColors(palette());
    const QColor edge = kind_ == BannerKind::Error     ? colors.error
                        : kind_ == BannerKind::Warning ? colors.warning
                                                       : palette().color(QPalette::Link);
    QColor fill = edge;
    fill.setAlpha(isDark(palette()) ? 46 : 30);
    QPainter painter(this);
    painter.fillRect(rect(), fill);
    painter.fillRect(0, 0, edgeWidth, height(), edge);
}

BannerArea::BannerArea(QWidget* parent, double patience)
    : QWidget(parent), notes_(new QStackedLayout), beneath_(new QToolButton(this)),
      messages_(new QToolButton(this)), patience_(patience) {
    setObjectName(u"banners"_s);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addLayout(notes_, 1);
    notes_->addWidget(new QWidget(this)); // in front when there is nothing to say
    row->addWidget(beneath_);
    row->addWidget(messages_);
    addButtons();
    // Of one height with a note and without one.
    setFixedHeight(QPushButton(tr("Resume")).sizeHint().height() + 2);
    connect(notes_, &QStackedLayout::widgetRemoved, this, &BannerArea::countBeneath);
    countBeneath();
    setUnseen(0);
}

void BannerArea::addButtons() {
    beneath_->setObjectName(u"notesBeneath"_s);
    beneath_->setAutoRaise(true);
    beneath_->setToolTip(tr("Show the next of the notes that wait"));
    connect(beneath_, &QToolButton::clicked, this, [this] {
        const int next = notes_->currentIndex() - 1; // 0 is what stands there without a note
        notes_->setCurrentIndex(next > 0 ? next : notes_->count() - 1);
    });
    messages_->setObjectName(u"unseenMessages"_s);
    messages_->setAutoRaise(true);
    messages_->setToolTip(tr("All that was said since the start"));
    connect(messages_, &QToolButton::clicked, this, &BannerArea::messagesWanted);
}

void BannerArea::show(
    BannerKind kind, const QString& text, const std::vector<BannerAction>& actions, const QString& about) {
    if (notes_->count() > mostBanners) delete notes_->widget(1);
    auto* banner = new Banner(kind, text, actions, this);
    banner->setAbout(about);
    connect(banner, &Banner::clicked, this, &BannerArea::messagesWanted);
    if (kind == BannerKind::Information && actions.empty())
        banner->goAfter(
            static_cast<int>(patience_ * static_cast<double>(leastTime + timePerCharacter * text.size())));
    notes_->addWidget(banner);
    notes_->setCurrentWidget(banner);
    countBeneath();
    QAccessibleEvent told(banner, QAccessible::Alert);
    QAccessible::updateAccessibility(&told);
}

void BannerArea::forget(const QString& about) {
    for (int i = notes_->count() - 1; i > 0; --i)
        if (static_cast<Banner*>(notes_->widget(i))->about() == about) delete notes_->widget(i);
}

void BannerArea::setUnseen(int messages) {
    messages_->setText(messages > 0 ? tr("Messages (%1)").arg(messages) : tr("Messages"));
}

void BannerArea::countBeneath() {
    const int waiting = notes_->count() - 2;
    beneath_->setText(tr("+%1").arg(waiting));
    beneath_->setVisible(waiting > 0);
}

} // namespace lora
