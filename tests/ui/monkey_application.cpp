#include "tests/ui/monkey_application.h"

#include <QDesktopServices>

namespace lora {

namespace {

constexpr const char* const schemes[] = {"file", "http", "https", "mailto"};

} // namespace

MonkeyApplication::MonkeyApplication(int& count, char** words) : GuardedApplication(count, words) {
    setQuitOnLastWindowClosed(false);
    for (const char* each : schemes) QDesktopServices::setUrlHandler(QString::fromLatin1(each), this, "pass");
}

MonkeyApplication::~MonkeyApplication() {
    for (const char* each : schemes) QDesktopServices::unsetUrlHandler(QString::fromLatin1(each));
}

} // namespace lora
