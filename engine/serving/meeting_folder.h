#pragma once
// Where a user's engine on this machine is met: a Unix socket in a folder that nobody else can enter,
// lora-workbench-UID in the folder for temporary files. Not in XDG_RUNTIME_DIR, which goes with the last
// login while a run that was left alone goes on.

#include "engine/files/descriptor.h"

#include <optional>
#include <string>

namespace lora {

/// Made where it is not there. Throws Error where it is another user's, is open to others, or is a link.
std::string meeting_folder();

std::string socket_path(const std::string& folder);
/// What the engine writes to its standard output and error, anew at each start.
std::string log_path(const std::string& folder);

/// Held by the one engine as long as it lives; none where another one holds it. Throws Error.
std::optional<Descriptor> hold_engine_lock(const std::string& folder);

/// A socket that windows connect to, in place of one that an engine left; the lock must be held. Throws
/// Error.
Descriptor listen_at(const std::string& path);
/// None where nobody listens. Throws Error.
std::optional<Descriptor> connect_to(const std::string& path);
/// The next one who connects, where it is of the same user; none where nobody does, or somebody else did. It
/// never waits to be read or written.
std::optional<Descriptor> accept_own_user(const Descriptor& listener);

} // namespace lora
