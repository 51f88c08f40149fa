#pragma once
// One HTTP request at a time over one kept connection, through libcurl: certificates are verified, answers
// bounded, silence is timed out. It follows no redirect.

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

struct Answer {
    long status = 0;
    std::map<std::string, std::string> headers; ///< names in lower case; the last of several counts
    std::string body;                           ///< what no receiver took
    std::string redirect;                       ///< the whole address that a 3xx names
    std::chrono::seconds retry_after{0};

    /// Empty if it is not there.
    std::string header(const std::string& name) const;
};

/// Takes the next bytes of a body whose answer, but for the body, is there.
using Receive = std::function<void(const Answer&, std::string_view)>;

struct Request {
    std::string url;
    std::string token = {};       ///< empty: none is sent
    std::uint64_t first_byte = 0; ///< the bytes before it are not wanted
    std::string etag = {};        ///< what the contents are named, where the hub says it (X-Linked-Etag)
    std::size_t body_limit_bytes = 1 << 20; ///< of a body that is kept
    Receive receive = {};                   ///< takes the body of a 200 or 206 instead
};

class Connection {
public:
    /// `stall`: how long nothing may come.
    explicit Connection(std::chrono::seconds stall);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// GET. `place` names what is asked for in messages. Throws TryAgain if the connection fails, Error if
    /// the server's certificate does, the answer is larger than allowed, or `stop` is requested; and what
    /// `receive` throws.
    Answer get(const Request& request, const std::string& place, const std::stop_token& stop);

private:
    struct Transfer;
    std::unique_ptr<void, void (*)(void*)> handle_;
    std::chrono::seconds stall_;
};

} // namespace lora
