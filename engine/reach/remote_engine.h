#pragma once
// An engine in another process, behind the same two calls as a worker. A thread of its own reads, checks and
// sends; where the connection is cut it connects again and takes up what was missed, and where the engine
// itself has ended it says so and goes on with a new one.

#include "engine/door/door_messages.h"
#include "engine/reach/engine_place.h"
#include "engine/reach/unanswered.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace lora {

enum class Reach {
    Connecting,
    Connected,
    Waiting,  ///< cut off; it is tried again
    Occupied, ///< another window is connected; nothing is tried before take_over()
    Failed,   ///< nothing is tried before try_again()
};
/// How it stands with the connection now.
struct ConnectionChanged {
    Reach reach = Reach::Connecting;
    std::string why = {}; ///< a sentence, where it is not connected
    Welcome engine = {};  ///< where it is
};
/// The engine ended while it was needed: what it held is gone, what it saved is there.
struct EngineLost {
    std::string why;
    std::string run; ///< the folder of the run that was active; empty: none was
};
using EngineNews = std::variant<ConnectionChanged, EngineLost, FolderListed>;

class RemoteEngine {
public:
    /// Connects at once, in the background.
    explicit RemoteEngine(EnginePlace place);
    RemoteEngine(const RemoteEngine&) = delete;
    RemoteEngine& operator=(const RemoteEngine&) = delete;
    /// Says goodbye: an engine with a run goes on, another one ends.
    ~RemoteEngine();

    // All from any thread; none waits for the engine.

    const EnginePlace& place() const;
    /// Kept until it can be sent.
    RequestId post(Command command);
    /// All events since the last call, in order. Where the engine was lost they say that too: what was asked
    /// is refused, a run failed, the model closed.
    std::vector<Event> drain();
    /// News of the connection since the last call, in order.
    std::vector<EngineNews> news();
    /// Answered by FolderListed with the number that this gives.
    std::int64_t list_folder(const std::string& path);
    /// Connects now: again, or in place of the other window.
    void try_again();
    void take_over();

private:
    class Connection;
    std::unique_ptr<Connection> connection_;
};

} // namespace lora
