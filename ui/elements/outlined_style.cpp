#include "ui/elements/outlined_style.h"

#include "ui/elements/theme.h"

#include <QStyleFactory>
#include <QStyleOptionButton>
#include <QStyleOptionViewItem>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

OutlinedStyle::OutlinedStyle() : QProxyStyle(QStyleFactory::create(u"Fusion"_s)) {
    setObjectName(u"fusion"_s);
}

// Fusion outlines them in a darker shade of the window, which on a dark one nobody sees. It takes the shade
// from the option's palette, so that a lighter one there is enough.
void OutlinedStyle::drawPrimitive(
    PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const auto outlined = [&](auto copy) {
        copy.palette.setColor(QPalette::Window, copy.palette.color(QPalette::PlaceholderText));
        QProxyStyle::drawPrimitive(element, &copy, painter, widget);
    };
    if (isDark(option->palette)) {
        if (element == PE_IndicatorCheckBox || element == PE_IndicatorRadioButton) {
            if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option))
                return outlined(*button);
        } else if (element == PE_IndicatorItemViewItemCheck) {
            if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option))
                return outlined(*item);
        }
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

// Fusion cuts what is chosen in the middle of a letter.
void OutlinedStyle::drawControl(
    ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    if (element != CE_ComboBoxLabel || box == nullptr)
        return QProxyStyle::drawControl(element, option, painter, widget);
    constexpr int margins = 4; // between the words and the field's edges
    QStyleOptionComboBox fitting = *box;
    const int room = subControlRect(CC_ComboBox, box, SC_ComboBoxEditField, widget).width() - margins;
    fitting.currentText = box->fontMetrics.elidedText(box->currentText, Qt::ElideRight, room);
    QProxyStyle::drawControl(element, &fitting, painter, widget);
}

// Fusion leaves a long word three pixels on each side.
QSize OutlinedStyle::sizeFromContents(
    ContentsType type, const QStyleOption* option, const QSize& contents, const QWidget* widget) const {
    constexpr int beside = 10;
    QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    if (type == CT_PushButton) size.setWidth(std::max(size.width(), contents.width() + 2 * beside));
    return size;
}

// A title at the right end of its column stands apart from the next one at its left.
int OutlinedStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    constexpr int more = 3;
    const int usual = QProxyStyle::pixelMetric(metric, option, widget);
    return metric == PM_HeaderMargin ? usual + more : usual;
}

} // namespace lora
