#pragma once
// One HTTP request at a time over one kept connection: certificates are verified, answers bounded, silence is
// timed out. It follows no redirect.

#include "engine/error.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace lora {

/// What may go well a moment later: a lost connection, a busy server.
class TryAgain : public Error {
public:
    TryAgain(const Error& why, std::chrono::seconds later) : Error(why), after(later) {}
    std::chrono::seconds after; ///< not sooner, as the server says; 0: it says nothing
};

struct HttpAnswer {
    long status = 0;
    std::map<std::string, std::string> headers; ///< names in lower case; the last of several counts
    std::string body;                           ///< what no receiver took
    std::string redirect;                       ///< the whole address that a 3xx names
    std::chrono::seconds retry_after{0};

    /// Empty if it is not there.
    std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? "" : found->second;
    }
};

/// Takes the next bytes of a body whose answer, but for the body, is there.
using Receive = std::function<void(const HttpAnswer&, std::string_view)>;

struct HttpRequest {
    std::string url;
    std::string token = {};       ///< empty: none is sent
    std::uint64_t first_byte = 0; ///< the bytes before it are not wanted
    std::string etag = {};        ///< what the contents are named, where the hub says it (X-Linked-Etag)
    std::size_t body_limit_bytes = 1 << 20; ///< of a body that is kept
    Receive receive = {};                   ///< takes the body of a 200 or 206 instead
};

class Connection {
public:
    Connection() = default;
    virtual ~Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// GET. `place` names what is asked for in messages. Throws TryAgain if the connection fails, Error if
    /// the server's certificate does, the answer is larger than allowed, or `stop` is requested; and what
    /// `receive` throws.
    virtual HttpAnswer get(
        const HttpRequest& request, const std::string& place, const std::stop_token& stop) = 0;
};

/// Through libcurl. `stall`: how long nothing may come. Asks nobody yet. Throws Error if it is not there.
std::unique_ptr<Connection> connect(std::chrono::seconds stall);

} // namespace lora
