#pragma once
// What a download says when a person stops it.

#include "engine/error.h"

#include <stop_token>

namespace lora {

/// Throws Error if the stop was asked for.
inline void check_not_stopped(const std::stop_token& stop) {
    if (stop.stop_requested()) throw Error("the download was stopped; what has come is kept");
}

} // namespace lora
