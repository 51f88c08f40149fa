#include "ui/window/message_log.h"

#include "engine/settings/wording.h"
#include "ui/elements/tool_tip.h"

#include <QDockWidget>
#include <QTime>

namespace lora {

using namespace Qt::StringLiterals;

MessageLog::MessageLog(QWidget* parent) : QPlainTextEdit(parent) {
    setObjectName(u"messageLog"_s);
    setReadOnly(true);
    describeControl(*this, tr("Messages"), tr("All that was said since the start, with its time"));
    setMaximumBlockCount(5000);
    setFrameShape(QFrame::NoFrame);
    setPlaceholderText(tr("What the program says appears here."));
}

void MessageLog::add(const QString& text) {
    appendPlainText(QTime::currentTime().toString(u"HH:mm:ss"_s) + u"  "_s
                    + QString::fromStdString(in_labels(text.toStdString())));
}

void MessageLog::note(const QString& text) {
    add(text);
    if (visibleRegion().isEmpty()) setUnseen(unseen_ + 1); // a dock behind another one counts as visible
}

void MessageLog::bringForward() {
    for (QWidget* each = this; each; each = each->parentWidget())
        if (auto* dock = qobject_cast<QDockWidget*>(each)) {
            dock->show();
            dock->raise();
        }
    moveCursor(QTextCursor::End);
}

void MessageLog::showEvent(QShowEvent* event) {
    QPlainTextEdit::showEvent(event);
    setUnseen(0);
}

bool MessageLog::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Paint && unseen_ > 0) setUnseen(0); // its dock came to the front
    return QPlainTextEdit::viewportEvent(event);
}

void MessageLog::setUnseen(int messages) {
    unseen_ = messages;
    Q_EMIT unseenChanged(messages);
}

} // namespace lora
