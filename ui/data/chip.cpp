#include "ui/data/chip.h"

#include "ui/elements/quantities.h"
#include "ui/elements/theme.h"

#include <QCoreApplication>
#include <QPainter>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int padX = 4;
constexpr int padY = 2;
constexpr int barHeight = 2;
constexpr qsizetype mostLetters = 200; // of one chip

QString tr(const char* text) { return QCoreApplication::translate("lora", text); }

void paintBox(QPainter& painter, const QRectF& box, const ChipState& state, const MaskColors& colors,
    const QPalette& palette) {
    QPen pen(state.learned ? colors.border : palette.color(QPalette::Mid));
    if (state.special) pen.setStyle(Qt::DashLine);
    painter.setPen(state.cutOff && !state.special ? QPen(Qt::NoPen) : pen);
    painter.setBrush(state.learned  ? QBrush(colors.learnedTint)
                     : state.cutOff ? QBrush(palette.color(QPalette::Mid), Qt::BDiagPattern)
                                    : QBrush(palette.color(QPalette::AlternateBase)));
    painter.drawRoundedRect(box, 3, 3);
    if (state.learned)
        painter.fillRect(
            QRectF(box.left() + 3, box.bottom() - barHeight, box.width() - 6, barHeight), colors.border);
}

} // namespace

ChipState stateOf(const ReadableToken& token) {
    return {.learned = token.learned, .special = token.special, .cutOff = token.cut_off};
}

QString chipText(const ReadableToken& token) {
    QString text = QString::fromStdString(token.text);
    if (text.isEmpty()) return u"◌"_s;
    if (text.size() > mostLetters) text = text.left(mostLetters) + u'…';
    text.replace(u'\n', u'↵').replace(u'\t', u'⇥').replace(u'\r', u'␍').replace(u' ', u'·');
    for (QChar& letter : text)
        if (letter.category() == QChar::Other_Control) letter = QChar(0x2400 + letter.unicode() % 0x20);
    return text;
}

bool breaksLine(const ReadableToken& token) { return token.text.find('\n') != std::string::npos; }

QFont chipFont(const QFont& font, const ChipState& state) {
    QFont made = font;
    made.setItalic(state.special);
    made.setStrikeOut(state.cutOff);
    return made;
}

QSize ChipSizes::of(const QString& text, const ChipState& state) const {
    return {(state.special ? italic_ : upright_).horizontalAdvance(text) + 2 * padX, height()};
}

int ChipSizes::height() const { return upright_.height() + 2 * padY + barHeight; }

void paintChip(QPainter& painter, const QRect& place, const QString& text, const ChipState& state,
    const QPalette& palette, bool current) {
    const MaskColors colors = maskColors(palette);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5);
    paintBox(painter, box, state, colors, palette);
    if (current) {
        painter.setPen(QPen(palette.color(QPalette::Highlight), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box, 3, 3);
    }
    painter.setFont(chipFont(painter.font(), state));
    painter.setPen(state.learned ? colors.learned : colors.read);
    painter.drawText(place.adjusted(padX, padY, -padX, -padY - barHeight), Qt::AlignCenter, text);
    painter.restore();
}

MaskColors maskColors(const QPalette& palette) {
    const QColor text = palette.color(QPalette::Active, QPalette::Text);
    const QColor dim = palette.color(QPalette::Active, QPalette::PlaceholderText);
    if (isDark(palette)) return {text, QColor(0x1f, 0x47, 0x40), dim, QColor(0x4f, 0xd1, 0xb5)};
    return {text, QColor(0xd3, 0xf0, 0xe9), dim, QColor(0x0b, 0x80, 0x6c)};
}

QString sentenceOf(const ReadableToken& token, std::size_t index, std::size_t count) {
    const QString what = token.cut_off   ? tr("cut off, the model does not see it")
                         : token.learned ? tr("learned")
                                         : tr("read, not learned");
    const QString text = token.text.empty() ? tr("a piece of a character that ends with a later token")
                                            : u"“"_s + QString::fromStdString(token.text) + u"”"_s;
    return tr("Token %1 of %2: %3, id %4, %5%6.")
        .arg(countText(static_cast<std::int64_t>(index) + 1), countText(static_cast<std::int64_t>(count)),
            text)
        .arg(token.id)
        .arg(token.special ? tr("special, ") : QString(), what);
}

} // namespace lora
