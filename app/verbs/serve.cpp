// lora serve: the engine for a window elsewhere, over standard input and output.

#include "app/output.h"
#include "app/verbs/verbs.h"
#include "engine/devices/devices.h"
#include "engine/error.h"
#include "engine/serving/engine_host.h"
#include "engine/serving/front.h"
#include "engine/serving/meeting_folder.h"
#include "engine/session/session.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <unistd.h>

namespace lora {

namespace {

/// Where the window of this machine keeps models and runs.
std::string data_folder() {
    const char* const data = std::getenv("XDG_DATA_HOME");
    if (data != nullptr && *data == '/') return std::string(data) + "/lora-workbench";
    const char* const home = std::getenv("HOME");
    return std::string(home != nullptr ? home : "") + "/.local/share/lora-workbench";
}

int work_as_engine() {
    watch_signals();
    const std::string data = data_folder();
    host_engine({.make_work = open_session,
                    .devices = find_devices(),
                    .models = data + "/models",
                    .runs = data + "/runs"},
        meeting_folder(), [] { return signal_received() != 0; });
    return exit_done;
}

int carry_to_engine() {
    Front front(meeting_folder(), {"serve", "--engine"});
    const std::string end = front.carry(STDIN_FILENO, STDOUT_FILENO);
    if (!end.empty()) throw Error(end);
    return exit_done;
}

} // namespace

void add_serve(CLI::App& command, Action& action) {
    auto engine = std::make_shared<bool>(false);
    CLI::App* verb = command.add_subcommand("serve",
        "Be the engine of a window on this machine or another one, which starts this itself. Speaks its "
        "messages on "
        "standard input and output; a run goes on where the connection ends, and the next one takes it up");
    verb->add_flag("--engine", *engine, "Be the process that works, which the first connection starts")
        ->group("");
    verb->footer("Example:\n  ssh box lora serve");
    verb->callback(
        [engine, &action] { action = [engine] { return *engine ? work_as_engine() : carry_to_engine(); }; });
}

} // namespace lora
