#pragma once
// The engine's process: a worker as a window's own, and the socket where windows connect to it, one at a
// time. A run goes on while none is connected.

#include "engine/worker/worker.h"

#include <chrono>
#include <functional>
#include <string>

namespace lora {

/// What is served, and what a window is told of this machine.
struct HostedEngine {
    std::function<Work(Emit)> make_work;
    Devices devices;
    std::string models = {}; ///< where models of this user lie
    std::string runs = {};   ///< and runs
    /// How long an engine without a run waits for a window.
    std::chrono::seconds patience = std::chrono::minutes(10);
};

/// Serves at the socket in `folder`, as meeting_folder() gives it, until a window has gone that leaves no run
/// behind, no window has come for so long, or `is_told_to_end`, asked some times a second, says so: then what
/// is active is stopped and saved first. False, at once, where another process serves there. Throws Error.
bool host_engine(HostedEngine engine, const std::string& folder, const std::function<bool()>& is_told_to_end);

} // namespace lora
