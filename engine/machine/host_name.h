#pragma once
// What this machine is called, for a person.

#include <string>

namespace lora {

/// "this machine" where the system tells no name.
std::string host_name();

} // namespace lora
