#include "ui/window/logind_hold.h"

#include <QGuiApplication>
#include <utility>

#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusPendingCallWatcher>
#include <QtDBus/QDBusPendingReply>
#include <QtDBus/QDBusUnixFileDescriptor>

namespace lora {

using namespace Qt::StringLiterals;

void askLogindForHold(const QString& why, std::function<void(SystemHold)> got) {
    constexpr int longestWait = 5000; // milliseconds
    const QDBusConnection bus = QDBusConnection::systemBus();
    if (!bus.isConnected()) return got(nullptr);
    QDBusMessage call = QDBusMessage::createMethodCall(u"org.freedesktop.login1"_s,
        u"/org/freedesktop/login1"_s, u"org.freedesktop.login1.Manager"_s, u"Inhibit"_s);
    call << u"sleep"_s << QGuiApplication::applicationDisplayName() << why << u"block"_s;
    auto* answer = new QDBusPendingCallWatcher(bus.asyncCall(call, longestWait));
    QObject::connect(answer, &QDBusPendingCallWatcher::finished, answer,
        [got = std::move(got)](QDBusPendingCallWatcher* done) {
            const QDBusPendingReply<QDBusUnixFileDescriptor> reply = *done;
            // The hold is an open file: the last copy of it is ours.
            SystemHold hold;
            if (!reply.isError()) hold = std::make_shared<QDBusUnixFileDescriptor>(reply.value());
            done->deleteLater();
            got(std::move(hold));
        });
}

} // namespace lora
