#include "ui/setup/doubt_row.h"

#include "ui/elements/theme.h"
#include "ui/setup/run_card_model.h"

#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int edgeWidth = 3;

} // namespace

DoubtRow::DoubtRow(const RunCardDoubt& doubt, QWidget* parent) : QWidget(parent), refused_(doubt.refused) {
    setObjectName(u"doubt"_s);
    auto* sentence = new QLabel(doubt.sentence, this);
    sentence->setObjectName(u"doubtSentence"_s);
    sentence->setTextFormat(Qt::PlainText);
    sentence->setWordWrap(true);
    sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(edgeWidth + 7, 4, 6, 5);
    column->setSpacing(3);
    column->addWidget(sentence);
    if (doubt.mend.isEmpty()) return;
    mend_ = new QPushButton(doubt.mend, this);
    mend_->setObjectName(u"mend"_s);
    mend_->setToolTip(tr("%1; Undo takes it back.").arg(doubt.mend));
    mend_->setMaximumWidth(mend_->sizeHint().width());
    mend_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed); // long words do not widen the column
    mend_->setAccessibleDescription(doubt.sentence);
    connect(mend_, &QPushButton::clicked, this, &DoubtRow::mendClicked);
    column->addWidget(mend_);
}

void DoubtRow::setMendable(bool mendable) {
    if (mend_ != nullptr) mend_->setEnabled(mendable);
}

void DoubtRow::paintEvent(QPaintEvent*) {
    const SignalColors colors = signalColors(palette());
    const QColor edge = refused_ ? colors.error : colors.warning;
    QColor fill = edge;
    fill.setAlpha(isDark(palette()) ? 46 : 30);
    QPainter painter(this);
    painter.fillRect(rect(), fill);
    painter.fillRect(0, 0, edgeWidth, height(), edge);
}

} // namespace lora
