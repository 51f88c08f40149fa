#pragma once
// Whose an address is: what decides whether the token goes there.

#include <string>

namespace lora {

struct Origin {
    std::string scheme; ///< "http" or "https"
    std::string host;   ///< lower case
    std::string port;   ///< the usual one of the scheme where none is given
    bool operator==(const Origin&) const = default;
};

/// Throws Error if `address` is no http(s) address, or holds a user's name or password. `where` names who
/// gave it.
Origin origin_of(const std::string& address, const std::string& where);

} // namespace lora
