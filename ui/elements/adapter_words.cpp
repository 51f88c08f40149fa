#include "ui/elements/adapter_words.h"

#include "ui/elements/file_kind.h"

#include <QCoreApplication>

namespace lora {

QString adapterWords(const AdapterChanged& adapter) {
    QString name = adapterName(QString::fromStdString(adapter.name));
    if (!adapter.step) return name;
    return QCoreApplication::translate("lora", "%1, step %2").arg(name).arg(*adapter.step);
}

} // namespace lora
