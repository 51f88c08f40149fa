#include "ui/elements/banner.h"

#include "engine/settings/wording.h"
#include "ui/elements/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostBanners = 3;
constexpr int edgeWidth = 4;
constexpr qsizetype mostCharacters = 1500; // the log keeps the rest

} // namespace

Banner::Banner(
    BannerKind kind, const QString& text, const std::vector<BannerAction>& actions, QWidget* parent)
    : QWidget(parent), kind_(kind), text_(QString::fromStdString(in_labels(text.toStdString()))) {
    setObjectName(u"banner"_s);
    auto* label =
        new QLabel(text_.size() > mostCharacters ? text_.left(mostCharacters) + u"…"_s : text_, this);
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
