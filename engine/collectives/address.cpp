#include "engine/collectives/address.h"

#include "engine/error.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <netdb.h>

namespace lora {

namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses addresses_of(const std::string& host, std::uint16_t port) {
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int fault = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
    if (fault != 0)
        fail("the address of '" + shown(host) + "', where the ranks meet", gai_strerror(fault),
            "a name or an address that this machine knows", "set MASTER_ADDR");
    return {found, freeaddrinfo};
}

bool is_loopback(const addrinfo& address) {
    if (address.ai_family == AF_INET6) {
        sockaddr_in6 six{};
        std::memcpy(&six, address.ai_addr, sizeof six);
        return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr) != 0;
    }
    sockaddr_in four{};
    std::memcpy(&four, address.ai_addr, sizeof four);
    return ntohl(four.sin_addr.s_addr) >> 24 == 127;
}

std::uint16_t port_of(int socket) {
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    auto* const address = reinterpret_cast<sockaddr*>(&own); // as the sockets' calls want it
    if (getsockname(socket, address, &size) != 0) fail_system("a socket", errno, "its own address");
    std::array<char, NI_MAXSERV> digits{};
    getnameinfo(address, size, nullptr, 0, digits.data(), digits.size(), NI_NUMERICSERV);
    return static_cast<std::uint16_t>(std::stoi(digits.data()));
}

} // namespace

ListeningSocket listen_at(const std::string& host, std::uint16_t port, bool for_other_machines) {
    constexpr int waiting = 2048;
    const Addresses addresses = addresses_of(host, port);
    std::string why = "only the loopback address, which other machines cannot reach";
    for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
        if (for_other_machines && is_loopback(*each)) continue;
        Descriptor made(socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const int on = 1;
        if (made.number() >= 0 && setsockopt(made.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
            && bind(made.number(), each->ai_addr, each->ai_addrlen) == 0
            && listen(made.number(), waiting) == 0) {
            const std::uint16_t at = port_of(made.number());
            return {std::move(made), at};
        }
        why = std::strerror(errno);
    }
    fail("listening at '" + shown(host) + "', port " + std::to_string(port), why,
        "an address of this machine's and a port that is free",
        "MASTER_ADDR names the machine that rank 0 runs on; MASTER_PORT another port");
}

std::string address_toward(const std::string& host, std::uint16_t port) {
    const Addresses addresses = addresses_of(host, port);
    for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
        // Connecting a socket for datagrams sends nothing: it only asks the system for the way there.
        const Descriptor asked(socket(each->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        sockaddr_storage own{};
        socklen_t size = sizeof own;
        auto* const address = reinterpret_cast<sockaddr*>(&own);
        std::array<char, NI_MAXHOST> digits{};
        if (asked.number() >= 0 && connect(asked.number(), each->ai_addr, each->ai_addrlen) == 0
            && getsockname(asked.number(), address, &size) == 0
            && getnameinfo(address, size, digits.data(), digits.size(), nullptr, 0, NI_NUMERICHOST) == 0)
            return digits.data();
    }
    fail("the way to '" + shown(host) + "'", "none",
        "a network that reaches the machine where the ranks meet");
}

} // namespace lora
