#pragma once
// What the two ends of the door say to each other: who they are, then commands one way and numbered events
// the other, so that a connection that was cut goes on where it ended. Every message is a list that begins
// with its kind.

#include "engine/files/json.h"
#include "engine/machine/device_info.h"
#include "engine/worker/messages.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace lora {

// From the window's end.

/// The first message. Only windows of the same program and the same messages can speak with an engine.
struct Hello {
    std::string version;          ///< of the program
    std::string messages;         ///< digest_of_messages()
    std::string window;           ///< a name by which this window is known when it comes again
    std::string engine;           ///< the one it spoke with before; empty: none
    std::uint64_t next_event = 1; ///< the first one of that engine that it has not got
    bool take_over = false;       ///< in place of another window that is connected
};
/// A command, by the number that it has at this end: one more than the one before it.
struct Posted {
    RequestId id;
    Command command;
};
/// What lies in a folder of the engine's machine? Answered at once, whatever the engine is doing.
struct ListFolder {
    std::int64_t question = 0; ///< told with the answer
    std::string path;          ///< empty: the home folder
};
/// The window goes. An engine without a run ends too, one with a run goes on.
struct Goodbye {};

// From the engine's end.

/// The answer to Hello, then what the window has missed, or where that is not there any more how things
/// stand.
struct Welcome {
    std::string engine;  ///< a name that no other engine has
    std::string machine; ///< its host's name
    std::int64_t process = 0;
    RequestId posted;             ///< the last command that came in
    std::uint64_t next_event = 1; ///< the number of the event that follows
    bool missed = false;          ///< events were not kept: what follows is how things stand now
    Devices devices;
    std::string models; ///< folders of that machine
    std::string runs;
};
/// The connection is refused, in words; it ends with this.
struct TurnedAway {
    std::string why;
    bool occupied = false; ///< another window is connected: Hello::take_over would do
};
struct Told {
    std::uint64_t number = 0; ///< counted from 1; 0: how things stand, of no number
    Event event;
};
/// Commands up to this number came in and were attempted.
struct Attempted {
    RequestId id;
};
struct FolderEntry {
    std::string name;
    bool folder = false;
    std::int64_t bytes = 0;
};
struct FolderListed {
    std::int64_t question = 0;
    std::string path = {};                 ///< absolute
    std::vector<FolderEntry> entries = {}; ///< by name, folders first; hidden ones are left out
    bool more = false;                     ///< there are more than are told
    std::string fault = {};                ///< why it cannot be read; empty: it can
};

using WindowMessage = std::variant<Hello, Posted, ListFolder, Goodbye>;
using EngineMessage = std::variant<Welcome, TurnedAway, Told, Attempted, FolderListed>;

Json to_json(const WindowMessage& message);
Json to_json(const EngineMessage& message);
/// Each throws Error naming `where` and the place in the message.
WindowMessage window_message(const Json& json, const std::string& where);
EngineMessage engine_message(const Json& json, const std::string& where);

/// The same for programs whose messages are the same, field by field; 16 hex digits.
const std::string& digest_of_messages();

/// Why a window that says this cannot be served; empty: it can.
std::string why_not_served(const Hello& hello);

} // namespace lora
