#include "ui/elements/tool_tip.h"

#include <QTextDocument>

namespace lora {

using namespace Qt::StringLiterals;

QString plainTip(const QString& text) {
    if (!Qt::mightBeRichText(text)) return text;
    return u"<p>%1</p>"_s.arg(text.toHtmlEscaped().replace(u'\n', u"<br>"_s));
}

} // namespace lora
