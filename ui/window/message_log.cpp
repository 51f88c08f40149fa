#include "ui/window/message_log.h"

#include <QTime>

namespace lora {

using namespace Qt::StringLiterals;

MessageLog::MessageLog(QWidget* parent) : QPlainTextEdit(parent) {
    setObjectName(u"messageLog"_s);
    setReadOnly(true);
    setMaximumBlockCount(5000);
    setFrameShape(QFrame::NoFrame);
    setPlaceholderText(tr("What the program says appears here."));
}

void MessageLog::add(const QString& text) {
    appendPlainText(QTime::currentTime().toString(u"HH:mm:ss"_s) + u"  "_s + text);
}

} // namespace lora
