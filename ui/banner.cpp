#include "ui/banner.h"

#include "ui/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostBanners = 3;
constexpr qsizetype mostCharacters = 1500; // the log keeps the rest

} // namespace

Banner::Banner(
    BannerKind kind, const QString& text, const std::vector<BannerAction>& actions, QWidget* parent)
    : QFrame(parent), kind_(kind), text_(text) {
    setObjectName(u"banner"_s);
    auto* label = new QLabel(text.size() > mostCharacters ? text.left(mostCharacters) + u"…"_s : text, this);
    label->setObjectName(u"bannerText"_s);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(14, 7, 8, 7);
    row->setSpacing(8);
    row->addWidget(label, 1);
    for (const auto& [words, act] : actions) {
        auto* button = new QPushButton(words, this);
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
    dismiss->setAutoRaise(true);
    connect(dismiss, &QToolButton::clicked, this, &QObject::deleteLater);
    row->addWidget(dismiss, 0, Qt::AlignTop);
    recolor();
}

void Banner::recolor() {
    const SignalColors colors = signalColors(palette());
    const QColor edge = kind_ == BannerKind::Error     ? colors.error
                        : kind_ == BannerKind::Warning ? colors.warning
                                                       : palette().color(QPalette::Link);
    QColor fill = edge;
    fill.setAlpha(isDark(palette()) ? 46 : 30);
    const QString style =
        u"#banner { background: rgba(%1,%2,%3,%4); border: none; border-left: 4px solid %5; }"_s
            .arg(fill.red())
            .arg(fill.green())
            .arg(fill.blue())
            .arg(fill.alpha())
            .arg(edge.name());
    if (style != styleSheet()) setStyleSheet(style);
}

void Banner::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) recolor();
}

BannerArea::BannerArea(QWidget* parent) : QWidget(parent), column_(new QVBoxLayout(this)) {
    setObjectName(u"banners"_s);
    column_->setContentsMargins(0, 0, 0, 0);
    column_->setSpacing(1);
}

void BannerArea::show(BannerKind kind, const QString& text, const std::vector<BannerAction>& actions) {
    while (column_->count() >= mostBanners) {
        QLayoutItem* oldest = column_->takeAt(column_->count() - 1);
        oldest->widget()->deleteLater();
        delete oldest;
    }
    column_->insertWidget(0, new Banner(kind, text, actions, this));
}

void BannerArea::clear() {
    for (Banner* each : findChildren<Banner*>()) each->deleteLater();
}

} // namespace lora
