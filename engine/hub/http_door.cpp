// Loads lora-curl.so when the network is first asked for something.

#include "engine/hub/http_door.h"

#include "engine/libraries/own_library.h"

namespace lora {

namespace {

constexpr OwnLibrary curl{"lora-curl.so", "way to the network"};

} // namespace

std::unique_ptr<Connection> connect(std::chrono::seconds stall) {
    auto* const call =
        reinterpret_cast<decltype(&lora_connect)>(own_function(curl, "lora_connect", "the hub"));
    std::unique_ptr<Connection> connection;
    call(stall, connection);
    return connection;
}

Origin origin_of(const std::string& address, const std::string& where) {
    auto* const call =
        reinterpret_cast<decltype(&lora_origin_of)>(own_function(curl, "lora_origin_of", where));
    Origin origin;
    call(address, where, origin);
    return origin;
}

} // namespace lora
