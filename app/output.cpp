#include "app/output.h"

#include <csignal>
#include <iostream>

namespace lora {

namespace {

// A handler can reach nothing but an object of static storage.
volatile std::sig_atomic_t received = 0; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void note_signal(int signal) {
    received = signal;
    std::signal(signal, SIG_DFL);
}

} // namespace

void print_event(const Json& event) {
    std::cout << event.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

void watch_signals() {
    std::signal(SIGINT, note_signal);
    std::signal(SIGTERM, note_signal);
}

int signal_received() { return received; }

} // namespace lora
