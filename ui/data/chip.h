#pragma once
// A token as a chip: how it is written, and how it looks by what becomes of it. Never by colour alone: what
// is learned is underlined, a mark's border is dashed, what is cut off is struck through.

#include "engine/survey/readable_row.h"

#include <QFont>
#include <QFontMetrics>
#include <QPalette>
#include <QRect>
#include <QString>

class QPainter;

namespace lora {

/// What becomes of a token.
struct ChipState {
    bool learned = false;
    bool special = false;
    bool cutOff = false;
};
ChipState stateOf(const ReadableToken& token);

/// Its text with spaces, tabs and line breaks that can be seen; a sign for a piece of a character.
QString chipText(const ReadableToken& token);
/// Whether a line ends with it.
bool breaksLine(const ReadableToken& token);

/// The font of a chip of this state.
QFont chipFont(const QFont& font, const ChipState& state);
/// Sizes of chips in a font, which is asked once for all of them.
class ChipSizes {
public:
    explicit ChipSizes(const QFont& font)
        : upright_(chipFont(font, {})), italic_(chipFont(font, {.special = true})) {}
    QSize of(const QString& text, const ChipState& state) const;
    int height() const;

private:
    QFontMetrics upright_;
    QFontMetrics italic_;
};
void paintChip(QPainter& painter, const QRect& place, const QString& text, const ChipState& state,
    const QPalette& palette, bool current = false);

/// Colours of running text by the same rule.
struct MaskColors {
    QColor learned;     ///< text
    QColor learnedTint; ///< behind it
    QColor read;        ///< text
    QColor border;      ///< around what is learned
};
MaskColors maskColors(const QPalette& palette);

/// "Token 17 of 85: “ hello”, id 1234, learned."
QString sentenceOf(const ReadableToken& token, std::size_t index, std::size_t count);

} // namespace lora
