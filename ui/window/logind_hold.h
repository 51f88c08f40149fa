#pragma once
// systemd-logind's hold on sleep, over the system's D-Bus.
// Source: systemd's "Inhibitor Locks" and org.freedesktop.login1.Manager.Inhibit.

#include "ui/window/sleep_hold.h"

namespace lora {

/// An AskForHold. The machine does not sleep by itself, nor by a click, until the hold is gone; where this
/// program dies, logind lets it go. Null without a bus, without logind, or where it refuses.
void askLogindForHold(const QString& why, std::function<void(SystemHold)> got);

} // namespace lora
