#include "ui/elements/exception_words.h"

#include <QCoreApplication>
#include <filesystem>
#include <new>

namespace lora {

QString wordsOf(const std::exception& failure) {
    if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr)
        return QCoreApplication::translate(
            "exceptions", "There is not enough memory for this. Close what else is open, and try it again.");
    if (const auto* refused = dynamic_cast<const std::filesystem::filesystem_error*>(&failure))
        return QCoreApplication::translate("exceptions", "%1: found '%2', expected a file that can be used")
            .arg(QString::fromStdString(refused->path1().string()),
                QString::fromStdString(refused->code().message()));
    return QString::fromUtf8(failure.what());
}

} // namespace lora
