#pragma once
// How the command speaks: aligned text for people or one JSON object a line, and its exit codes.

#include "engine/files/json.h"

#include <stop_token>
#include <thread>

namespace lora {

enum ExitCode : int {
    exit_done = 0,
    exit_fault = 1, ///< bad input or a fault
    exit_usage = 2,
    exit_halted = 3,      ///< stopped by NaN or a full disk
    exit_interrupt = 130, ///< saved after SIGINT
    exit_terminate = 143, ///< saved after SIGTERM; likewise 129 after SIGHUP and 141 after a closed pipe
};

/// One line on standard output, flushed. Bytes that are no UTF-8 become U+FFFD.
void print_event(const Json& event);

/// Notes SIGINT, SIGTERM, SIGHUP and SIGPIPE from now on; a second one of the first three ends the process at
/// once.
void watch_signals();
/// The signal that came, or 0.
int signal_received();
/// Turns a signal into a stop of the step in progress, within milliseconds, until it is destroyed.
std::jthread stop_on_signal(const std::stop_source& interrupt);

} // namespace lora
