#include "app/output.h"

#include <chrono>
#include <csignal>
#include <iostream>

namespace lora {

namespace {

// A handler can reach nothing but an object of static storage.
volatile std::sig_atomic_t received = 0; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void note_signal(int signal) {
    received = signal;
    // Each further line into a closed pipe raises it again, while what is done is being saved.
    std::signal(signal, signal == SIGPIPE ? SIG_IGN : SIG_DFL);
}

} // namespace

void print_event(const Json& event) {
    std::cout << event.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

void watch_signals() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, note_signal);
}

int signal_received() { return received; }

std::jthread stop_on_signal(const std::stop_source& interrupt) {
    return std::jthread([interrupt](const std::stop_token& over) mutable {
        while (!over.stop_requested() && signal_received() == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        interrupt.request_stop();
    });
}

} // namespace lora
