#include "ui/window/quit_signals.h"

#include <QSocketNotifier>
#include <array>
#include <csignal>

#include <sys/socket.h>

#include <unistd.h>

namespace lora {

namespace {

// A handler can reach nothing but an object of static storage, and do little more than write.
std::array<int, 2> ends{-1, -1}; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void noteSignal(int signal) {
    const char word = 1;
    [[maybe_unused]] const auto ignored = ::write(ends[0], &word, 1);
    std::signal(signal, SIG_DFL);
}

} // namespace

QuitSignals::QuitSignals(QObject* parent) : QObject(parent) {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
    heard_ = new QSocketNotifier(ends[1], QSocketNotifier::Read, this);
    connect(heard_, &QSocketNotifier::activated, this, [this] {
        char word = 0;
        if (::read(ends[1], &word, 1) == 1) Q_EMIT asked();
    });
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, noteSignal);
    std::signal(SIGPIPE, SIG_IGN);
}

} // namespace lora
