#pragma once
// What an event must hold for a window to show it, beyond each part's kind: values that are always there, and
// sizes that fit each other. An engine of ours tells no other events; what only says that it is one might.

#include "engine/worker/messages.h"

#include <string>

namespace lora {

/// What does not fit, in words; empty: all does.
std::string why_unsound(const Event& event);

} // namespace lora
