#include "ui/elements/tool_tip.h"

#include <QTextDocument>
#include <QWidget>

namespace lora {

using namespace Qt::StringLiterals;

QString plainTip(const QString& text) {
    if (!Qt::mightBeRichText(text)) return text;
    return u"<p>%1</p>"_s.arg(text.toHtmlEscaped().replace(u'\n', u"<br>"_s));
}

void describeControl(QWidget& control, const QString& name, const QString& help) {
    const QString tip = u"<p>%1</p>"_s.arg(help.toHtmlEscaped());
    control.setAccessibleName(name);
    control.setToolTip(tip);
    control.setWhatsThis(tip);
}

} // namespace lora
