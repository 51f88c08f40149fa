#pragma once
// What a person can do about an exception, whichever library threw it.

#include <exception>
#include <string>

namespace lora {

/// The message without a backtrace; for lack of memory, what needs less of it.
std::string message_of(const std::exception& failure);

} // namespace lora
