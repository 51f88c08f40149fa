#pragma once
// The menu's actions that the engine is told of at once.

namespace lora {

class EngineLink;
struct WindowActions;

/// Pause, stop, save now, unload. `link` must outlive the actions' window.
void serveRunCommands(const WindowActions& actions, EngineLink& link);

} // namespace lora
