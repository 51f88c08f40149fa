#pragma once
// What a person can do about an exception, whichever library threw it.

#include "engine/error.h"

#include <exception>
#include <string>

namespace lora {

/// Whether it says that memory did not suffice, the machine's or a GPU's.
bool is_out_of_memory(const std::exception& failure);

/// The message without a backtrace; for lack of memory, what needs less of it.
std::string message_of(const std::exception& failure);

/// The failure with its fields where it is an Error, else message_of() it.
Error error_of(const std::exception& failure);

} // namespace lora
