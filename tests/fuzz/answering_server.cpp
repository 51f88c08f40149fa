#include "tests/fuzz/answering_server.h"

#include <array>
#include <cstdlib>

#include <netinet/in.h>
#include <sys/socket.h>

#include <unistd.h>

namespace lora::fuzz {

namespace {

/// Whether a whole request came.
bool take_request(int connection) {
    std::string request;
    std::array<char, 4096> piece{};
    while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t count = ::recv(connection, piece.data(), piece.size(), 0);
        if (count <= 0) return false;
        request.append(piece.data(), static_cast<std::size_t>(count));
    }
    return true;
}

bool send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

} // namespace

AnsweringServer::AnsweringServer() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listening_ < 0 || ::bind(listening_, plain, size) != 0 || ::listen(listening_, 8) != 0
        || ::getsockname(listening_, plain, &size) != 0)
        std::abort();
    port_ = ntohs(address.sin_port);
    for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
        ::setenv(name, this->address().c_str(), 1);
    for (const char* name : {"no_proxy", "NO_PROXY"}) ::unsetenv(name);
    thread_ = std::thread([this] { serve(); });
}

AnsweringServer::~AnsweringServer() {
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    ::close(listening_);
}

std::string AnsweringServer::address() const { return "http://127.0.0.1:" + std::to_string(port_); }

void AnsweringServer::answer_with(std::string bytes, bool is_whole) {
    const std::lock_guard guard(mutex_);
    answer_ = std::move(bytes);
    is_whole_ = is_whole;
}

void AnsweringServer::serve() {
    for (;;) {
        const int connection = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) return;
        serve(connection);
        ::close(connection);
    }
}

void AnsweringServer::serve(int connection) {
    while (take_request(connection)) {
        std::string answer;
        bool is_whole = true;
        {
            const std::lock_guard guard(mutex_);
            answer = answer_;
            is_whole = is_whole_;
        }
        if (!send_all(connection, answer) || !is_whole) return;
    }
}

} // namespace lora::fuzz
