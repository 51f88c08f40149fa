#pragma once
// An HTTP server on 127.0.0.1 that gives every request the same bytes, whatever they are, and whom all
// addresses lead to.

#include <mutex>
#include <string>
#include <thread>

namespace lora::fuzz {

class AnsweringServer {
public:
    /// From now on the process asks it in place of every server, so that no redirect leads out of this
    /// machine.
    AnsweringServer();
    AnsweringServer(const AnsweringServer&) = delete;
    AnsweringServer& operator=(const AnsweringServer&) = delete;
    ~AnsweringServer();

    std::string address() const;
    /// `is_whole`: the answer tells its length, and the connection is kept for the next request.
    void answer_with(std::string bytes, bool is_whole);

private:
    void serve();
    void serve(int connection);

    int listening_ = -1;
    int port_ = 0;
    std::mutex mutex_;
    std::string answer_;
    bool is_whole_ = true;
    std::thread thread_;
};

} // namespace lora::fuzz
