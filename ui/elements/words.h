// Words for the window, outside of a widget, which has a tr() of its own.
#pragma once

#include <QCoreApplication>
#include <QString>
#include <string>

namespace lora {

/// What a person reads, in her language where there is a translation.
inline QString tr(const char* words) { return QCoreApplication::translate("lora", words); }

/// What the engine says, as it stands.
inline QString text(const std::string& words) { return QString::fromStdString(words); }

} // namespace lora
