#include "engine/devices/failure.h"

#include <new>
#include <system_error>

#include <c10/util/Exception.h>

namespace lora {

namespace {

constexpr const char* needs_less = "there is not enough memory; a smaller {training.batch}, a higher "
                                   "{training.accumulate}, a smaller {data.max_length} or {dtype=bfloat16} "
                                   "need less";

bool speaks_of_memory(const std::string& text) {
    return text.find("can't allocate memory") != std::string::npos
           || text.find("out of memory") != std::string::npos;
}

/// A thread that cannot be made has no room for its stack as a rule: the system then says "try again".
bool speaks_of_memory(const std::error_code& code) {
    return code == std::errc::not_enough_memory || code == std::errc::resource_unavailable_try_again;
}

} // namespace

bool is_out_of_memory(const std::exception& failure) {
    if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) return true;
    if (const auto* system = dynamic_cast<const std::system_error*>(&failure))
        return speaks_of_memory(system->code());
    const auto* torch = dynamic_cast<const c10::Error*>(&failure);
    return torch != nullptr && speaks_of_memory(torch->what_without_backtrace());
}

std::string message_of(const std::exception& failure) {
    if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) return needs_less;
    if (const auto* torch = dynamic_cast<const c10::Error*>(&failure)) {
        const std::string text = torch->what_without_backtrace();
        return speaks_of_memory(text) ? needs_less + (" (" + text + ")") : text;
    }
    if (is_out_of_memory(failure)) return needs_less + (std::string(" (") + failure.what() + ")");
    return failure.what();
}

Error error_of(const std::exception& failure) {
    if (const auto* error = dynamic_cast<const Error*>(&failure)) return *error;
    return Error(message_of(failure));
}

} // namespace lora
