#include "ui/playground/answer_text.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// White space is seen.
QString tokenWords(const std::string& token) {
    QString text = QString::fromStdString(token);
    text.replace(u'\n', u'⏎').replace(u'\t', u'⇥').replace(u' ', u'␣');
    return text;
}

/// As HTML.
QString percent(double probability) {
    return probability > 0 && probability < 0.001 ? u"&lt; 0.1 %"_s
                                                  : u"%1 %"_s.arg(100 * probability, 0, 'f', 1);
}

} // namespace

QString chanceWords(const std::vector<SaidToken>& tokens) {
    QString words;
    for (const SaidToken& token : tokens) {
        words += u"<p><b>%1</b> %2</p><table>"_s.arg(
            tokenWords(token.said.token).toHtmlEscaped(), percent(token.said.probability));
        for (const TokenChance& each : token.likeliest)
            words += u"<tr><td>%1&nbsp;&nbsp;</td><td align=right>%2</td></tr>"_s.arg(
                tokenWords(each.token).toHtmlEscaped(), percent(each.probability));
        words += u"</table>"_s;
    }
    return words;
}

AnswerText::AnswerText(QWidget* parent) : QPlainTextEdit(parent) {
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setMinimumHeight(54);
}

void AnswerText::append(const QString& text, const QTextCharFormat& format) {
    QTextCursor end(document());
    end.movePosition(QTextCursor::End);
    end.insertText(text, format);
    verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

void AnswerText::addQuestion(const QString& question) {
    QTextCharFormat format;
    format.setFontWeight(QFont::Bold);
    const bool isFirst = document()->isEmpty();
    append((isFirst ? u""_s : u"\n\n"_s) + question, format);
    append(u"\n"_s, {});
}

void AnswerText::add(const QString& text, const std::vector<SaidToken>& tokens) {
    const int begin = document()->characterCount() - 1;
    append(text, {});
    if (!tokens.empty()) said_.push_back({begin, document()->characterCount() - 1, tokens});
}

void AnswerText::clearAll() {
    said_.clear();
    clear();
}

QString AnswerText::chancesAt(int position) const {
    const auto behind = std::upper_bound(
        said_.begin(), said_.end(), position, [](int place, const Said& each) { return place < each.begin; });
    if (behind == said_.begin() || position >= std::prev(behind)->end) return {};
    return chanceWords(std::prev(behind)->tokens);
}

bool AnswerText::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QPlainTextEdit::viewportEvent(event);
    const auto& help = static_cast<const QHelpEvent&>(*event);
    const QTextCursor nearest = cursorForPosition(help.pos());
    // The cursor lies between two letters: the pointer is over the one before it or the one behind.
    const int place = nearest.position() - (cursorRect(nearest).left() > help.pos().x() ? 1 : 0);
    const QString words = chancesAt(place);
    if (words.isEmpty()) return QPlainTextEdit::viewportEvent(event);
    QToolTip::showText(help.globalPos(), words, viewport());
    return true;
}

void AnswerText::keyReleaseEvent(QKeyEvent* event) {
    QPlainTextEdit::keyReleaseEvent(event);
    if (event->modifiers() != Qt::NoModifier) return;
    const QString words = chancesAt(textCursor().position());
    const QPoint below = viewport()->mapToGlobal(cursorRect().bottomLeft());
    if (!words.isEmpty()) QToolTip::showText(below, words, viewport());
}

} // namespace lora
