#include "ui/data/chip_legend.h"

#include "ui/data/chip.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <vector>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int chipGap = 8;

struct Kind {
    QString word;
    QString meaning;
    ChipState state;
};

std::vector<Kind> kinds() {
    return {{ChipLegend::tr("learned"),
                ChipLegend::tr("The model learns to say this: it counts in the loss. Underlined."),
                {.learned = true}},
        {ChipLegend::tr("read"), ChipLegend::tr("The model reads this and is not asked to say it: no loss."),
            {}},
        {ChipLegend::tr("special"),
            ChipLegend::tr("A mark of the tokenizer or the chat template: one token that stands for no text "
                           "of its own. Dashed border; read or learned as its colour says."),
            {.special = true}},
        {ChipLegend::tr("cut off"),
            ChipLegend::tr("Beyond the limit of a sample's length: the model never sees it. Struck through."),
            {.cutOff = true}}};
}

} // namespace

ChipLegend::ChipLegend(QWidget* parent) : QWidget(parent) {
    setObjectName(u"chipLegend"_s);
    setAccessibleName(tr("What the chips mean"));
    QStringList words;
    for (const Kind& kind : kinds()) words << kind.word + u": "_s + kind.meaning;
    setAccessibleDescription(words.join(u' '));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

QSize ChipLegend::sizeHint() const {
    const ChipSizes sizes(font());
    int width = 0;
    for (const Kind& kind : kinds()) width += sizes.of(kind.word, kind.state).width() + chipGap;
    return {width, sizes.height()};
}

void ChipLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(font());
    const ChipSizes sizes(font());
    int x = 0;
    for (const Kind& kind : kinds()) {
        const QSize size = sizes.of(kind.word, kind.state);
        paintChip(painter, QRect(QPoint(x, 0), size), kind.word, kind.state, palette());
        x += size.width() + chipGap;
    }
}

bool ChipLegend::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const ChipSizes sizes(font());
    int x = 0;
    for (const Kind& kind : kinds()) {
        x += sizes.of(kind.word, kind.state).width() + chipGap;
        if (help->pos().x() >= x) continue;
        QToolTip::showText(help->globalPos(), kind.meaning, this);
        return true;
    }
    QToolTip::hideText();
    return true;
}

} // namespace lora
