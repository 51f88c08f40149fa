#pragma once
// The menu's entry for the hub, and where what it downloads is opened.

namespace lora {

class FileDesk;
class HubDialog;
class Notices;
struct WindowActions;

/// All live as long as the actions' window.
void serveHub(const WindowActions& actions, HubDialog& hub, FileDesk& files, Notices& notices);

} // namespace lora
