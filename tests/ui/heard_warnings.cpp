#include "tests/ui/heard_warnings.h"

#include <QMutex>
#include <QMutexLocker>
#include <cstdio>
#include <utility>

namespace lora {

namespace {

struct Heard {
    QMutex mutex;
    QStringList warnings;
    QtMessageHandler before = nullptr;
};

Heard& heard() {
    static Heard all;
    return all;
}

/// Told by Qt where nothing is wrong with the window.
bool isExplained(const QString& words) {
    static const char* const explained[] = {
        "This plugin does not support",     // the screen that is none
        "QTest::",                          // of the test's own clicks
        "Mouse event at",                   // the window became smaller meanwhile
        "Mouse event occurs outside",       // the same
        "stat() failed for",                // a name in a file dialog that is too long
        "OpenType support missing",         // of the machine's fonts
        "QFileSystemWatcher: ",             // a file dialog's folder was deleted under it
        "QFileSystemModel: ",               // the same
        "Could not start the portal",       // there is no desktop
        "QDBus", "qt.qpa.theme", "qt.dbus", // the same
        "QSystemTrayIcon::", "QXcb",        // the same
    };
    for (const char* each : explained)
        if (words.contains(QLatin1StringView(each))) return true;
    return false;
}

void hear(QtMsgType type, const QMessageLogContext& where, const QString& words) {
    const bool counts = type == QtWarningMsg || type == QtCriticalMsg;
    const QString whole =
        QString::fromLatin1(where.category ? where.category : "") + QLatin1StringView(": ") + words;
    if (!counts && heard().before) heard().before(type, where, words);
    if (!counts || isExplained(whole)) return;
    std::fprintf(stderr, "warning: %s\n", qPrintable(whole));
    const QMutexLocker lock(&heard().mutex);
    heard().warnings << whole;
}

} // namespace

HeardWarnings::HeardWarnings() { heard().before = qInstallMessageHandler(hear); }

HeardWarnings::~HeardWarnings() { qInstallMessageHandler(heard().before); }

QStringList HeardWarnings::take() {
    const QMutexLocker lock(&heard().mutex);
    return std::exchange(heard().warnings, {});
}

} // namespace lora
