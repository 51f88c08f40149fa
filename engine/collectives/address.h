#pragma once
// Addresses of this machine: where it listens, and which of its own it uses toward another one.

#include "engine/files/descriptor.h"

#include <cstdint>
#include <string>

namespace lora {

/// A socket that listens at one address.
struct ListeningSocket {
    Descriptor socket;
    std::uint16_t port = 0;
};

/// Listens at the host's address alone; port 0: any that is free. Where the host has several addresses, at
/// the first that is one of this machine's; `for_other_machines`: no loopback address. Throws Error.
ListeningSocket listen_at(const std::string& host, std::uint16_t port, bool for_other_machines);

/// The address, in digits, that this machine sends from to reach the host. Throws Error.
std::string address_toward(const std::string& host, std::uint16_t port);

} // namespace lora
