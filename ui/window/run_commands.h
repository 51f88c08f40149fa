#pragma once
// The actions of the menu *Run*: what starts, waits, pauses, stops, is saved or goes on.

#include <functional>

namespace lora {

class EngineLink;
class Notices;
class RunQueue;
class SetupColumn;
class SetupDesk;
struct WindowActions;

struct RunCommands {
    EngineLink& link;
    SetupDesk& desk;
    SetupColumn& setup;
    RunQueue& queue;
    Notices& notices;
    std::function<void()> showTraining; ///< what starts is in sight
};

/// All live as long as the actions' window.
void serveRunCommands(const WindowActions& actions, const RunCommands& commands);

} // namespace lora
